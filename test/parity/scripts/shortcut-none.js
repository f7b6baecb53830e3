// Without any option the default function is played once by one virtual user.
// docs: get-started/running-k6
// promises: exit 0, iterations 1, requests 1, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';

export default function () {
  http.get(`${__ENV.TARGET}/get`);
  console.log(`${exec.scenario.name} ${exec.scenario.executor} ${__VU} ${__ITER}`);
}
