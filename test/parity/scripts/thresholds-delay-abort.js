// abortOnFail waits for delayAbortEval: the test is over before.
// docs: using-k6/thresholds#abort-a-test-when-a-threshold-is-crossed
// promises: exit 99, iterations 12, crossed 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, sleep } from 'k6';

export const options = {
  vus: 1,
  iterations: 12,
  thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true, delayAbortEval: '10s' }] },
};

export default function () {
  check(null, { never: () => false });
  sleep(0.2);
}
