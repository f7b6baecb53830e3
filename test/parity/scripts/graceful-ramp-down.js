// A virtual user that is no longer wanted may finish its iteration within gracefulRampDown.
// docs: using-k6/scenarios/executors/ramping-vus
// promises: exit 0, iterations 2, console 2
// parity: console in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

const ramp = (exec, gracefulRampDown) => ({
  executor: 'ramping-vus',
  startVUs: 2,
  stages: [
    { duration: '200ms', target: 2 },
    { duration: '0s', target: 0 },
    { duration: '1s', target: 0 },
  ],
  gracefulRampDown,
  gracefulStop: '0s',
  exec,
});

export const options = { scenarios: { patient: ramp('finish', '2s'), strict: ramp('cut', '0s') } };

export function finish() {
  sleep(0.7);
  console.log('finished');
}

export function cut() {
  sleep(0.7);
}
