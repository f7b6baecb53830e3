// fail ends its iteration with an error that is logged; the test goes on and passes.
// docs: javascript-api/k6/fail
// promises: exit 0, iterations 3, requests 5
// logs: error out of cups
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { fail } from 'k6';

export const options = { iterations: 3 };

export default function () {
  http.get(`${__ENV.TARGET}/get?first`);
  if (__ITER === 1) fail('out of cups');
  http.get(`${__ENV.TARGET}/get?second`);
}
