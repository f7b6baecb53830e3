// What shared-iterations has not begun when maxDuration is over is dropped, what runs is interrupted after gracefulStop.
// docs: using-k6/scenarios/executors/shared-iterations
// promises: exit 0, iterations 2, dropped_iterations 7
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

export const options = {
  scenarios: {
    limited: { executor: 'shared-iterations', vus: 1, iterations: 10, maxDuration: '1s', gracefulStop: '100ms' },
  },
};

export default function () {
  sleep(0.4);
}
