// Iterations that run longer than gracefulStop after the end are interrupted and do not count; those that finish in it do.
// docs: using-k6/scenarios/concepts/graceful-stop
// promises: exit 0, iterations 1, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

export const options = {
  scenarios: {
    patient: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '2s', exec: 'short' },
    strict: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '200ms', exec: 'long' },
  },
};

export function short() {
  sleep(1.6);
  console.log('the patient scenario ends its iteration');
}

export function long() {
  sleep(5);
}
