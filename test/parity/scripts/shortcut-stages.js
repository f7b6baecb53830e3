// `stages` alone are a ramping-vus scenario named default that begins with one virtual user.
// docs: using-k6/k6-options/reference#stages
// promises: exit 0, iterations 14..20, vus_max 2
// parity: metrics/iteration*/* ±3 because virtual users begin and end between two pauses
// parity: metrics/vus/* ±1 because the ramp is read once a second
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = {
  stages: [
    { duration: '600ms', target: 2 },
    { duration: '600ms', target: 2 },
  ],
};

export default function () {
  if (__VU === 1 && __ITER === 0) console.log(`${exec.scenario.name} ${exec.scenario.executor}`);
  sleep(0.1);
}
