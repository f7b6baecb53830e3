// The executor ramping-vus follows its stages with the number of virtual users.
// docs: using-k6/scenarios/executors/ramping-vus
// promises: exit 0, iterations 36..48, vus_max 4
// parity: metrics/iteration*/* ±12% because virtual users begin and end between two pauses
// parity: metrics/vus/* ±1 because the ramp is read once a second
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { sleep } from 'k6';

export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: '1s', target: 4 },
        { duration: '500ms', target: 4 },
        { duration: '0s', target: 1 },
        { duration: '500ms', target: 1 },
      ],
      gracefulRampDown: '1s',
    },
  },
};

export default function () {
  sleep(0.1);
}
