// A scenario begins its startTime after the test's begin.
// docs: using-k6/scenarios
// promises: exit 0, iterations 2, checks 1, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { check } from 'k6';

export const options = {
  scenarios: {
    late: { executor: 'per-vu-iterations', vus: 1, iterations: 1, startTime: '700ms', exec: 'late' },
    early: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'early' },
  },
};

export function early() {
  console.log('early');
}

export function late() {
  console.log('late');
  const waited = exec.instance.currentTestRunDuration;
  check(waited, { 'begins after 0.7 s': (ms) => ms >= 690 && ms < 2000 });
}
