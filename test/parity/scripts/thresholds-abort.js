// A crossed threshold with abortOnFail ends the test early with exit code 99.
// docs: using-k6/thresholds#abort-a-test-when-a-threshold-is-crossed
// promises: exit 99, iterations 15..32, crossed 1
// parity: metrics/*iteration*/* ±8 because thresholds are judged every two seconds
// parity: metrics/checks/* ±8 because thresholds are judged every two seconds
// parity: checks/*/fails ±8 because thresholds are judged every two seconds
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, sleep } from 'k6';

export const options = {
  vus: 1,
  duration: '20s',
  thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true }] },
};

export default function () {
  check(null, { never: () => false });
  sleep(0.1);
}
