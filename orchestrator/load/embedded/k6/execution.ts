// Module `k6/execution`: https://grafana.com/docs/k6/latest/javascript-api/k6-execution/
import { current } from './bridge.ts';

export const scenario = {
  get name() {
    return current.scenario.name;
  },
  get executor() {
    return current.scenario.executor;
  },
  get startTime() {
    return current.scenario.startTime;
  },
  get iterationInTest() {
    return current.scenario.iterationInTest;
  },
  get iterationInInstance() {
    return current.scenario.iterationInTest;
  },
};

export const vu = {
  get idInTest() {
    return current.vu;
  },
  get idInInstance() {
    return current.vu;
  },
  get iterationInInstance() {
    return current.iteration;
  },
  get iterationInScenario() {
    return current.scenario.iterationOfVu;
  },
};
