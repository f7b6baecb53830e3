// An arrival-rate executor makes virtual users up to maxVUs when those it has are all busy.
// docs: using-k6/scenarios/concepts/arrival-rate-vu-allocation
// promises: exit 0, iterations 6..11, vus_max 3..7
// parity: metrics/*iterations/* ±2 because an iteration is dropped while a virtual user is made
// parity: metrics/vus*/* ±3 because it depends on the moment when the next virtual user is ready
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

export const options = {
  scenarios: {
    growing: { executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 1, maxVUs: 10 },
  },
};

export default function () {
  sleep(0.45);
}
