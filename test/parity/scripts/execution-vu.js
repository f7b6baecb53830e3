// k6/execution tells where an iteration is: of its virtual user, its scenario, the test.
// docs: javascript-api/k6-execution
// promises: exit 0, iterations 6, console 6, failing-checks 0
// parity: console in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { check } from 'k6';

export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 2, iterations: 2 },
    second: { executor: 'per-vu-iterations', vus: 1, iterations: 2, startTime: '300ms' },
  },
};

export default function () {
  const { vu, scenario } = exec;
  console.log(scenario.name, scenario.executor, vu.iterationInScenario);
  check(vu, {
    'as the globals': () => vu.idInTest === __VU && vu.idInInstance === __VU && vu.iterationInInstance === __ITER,
    'of the scenario': () => vu.iterationInScenario <= vu.iterationInInstance && scenario.iterationInTest < 4,
    'the same in the instance': () => scenario.iterationInTest === scenario.iterationInInstance,
    'begun just now': () => Date.now() - scenario.startTime >= 0 && Date.now() - scenario.startTime < 5000,
    'progress is a share': () => scenario.progress >= 0 && scenario.progress <= 1,
  });
}
