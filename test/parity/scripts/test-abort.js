// exec.test.abort ends the whole test at once with exit code 108; teardown and the summary are still played.
// docs: javascript-api/k6-execution#test
// promises: exit 108, console 2, requests 3
// logs: error no stock left
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';

export const options = { iterations: 10 };

export default function () {
  http.get(`${__ENV.TARGET}/get?iteration=${__ITER}`);
  if (__ITER === 1) {
    console.log('before');
    exec.test.abort('no stock left');
    console.log('never said');
  }
}

export function teardown() {
  http.get(`${__ENV.TARGET}/get?in=teardown`);
  console.log('teardown');
}
