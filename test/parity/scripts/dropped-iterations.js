// Iterations that are due while no virtual user is free are dropped and counted.
// docs: using-k6/scenarios/concepts/dropped-iterations
// promises: exit 0, iterations 4, dropped_iterations 15..17
// parity: metrics/dropped_iterations/count ±2 because the rate's last tick and the moment a virtual user is free again may fall on either side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

export const options = {
  scenarios: {
    busy: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedVUs: 2, maxVUs: 2 },
  },
};

export default function () {
  sleep(0.6);
}
