// A virtual user whose iteration took less than minIterationDuration waits for the rest of it; iteration_duration is without the wait.
// docs: using-k6/k6-options/reference#min-iteration-duration
// promises: exit 0, iterations 3, checks 3, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { check } from 'k6';

export const options = { vus: 1, iterations: 3, minIterationDuration: '400ms' };

export default function () {
  const elapsed = exec.instance.currentTestRunDuration;
  check(elapsed, { 'each waits for the one before': (ms) => ms >= __ITER * 395 });
}
