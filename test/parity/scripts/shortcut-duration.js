// `vus` and `duration` alone are a constant-vus scenario named default.
// docs: using-k6/k6-options/reference#duration
// promises: exit 0, iterations 6
// parity: console in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = { vus: 2, duration: '1s' };

export default function () {
  console.log(`${exec.scenario.name} ${exec.scenario.executor} ${__ITER}`);
  sleep(0.4);
}
