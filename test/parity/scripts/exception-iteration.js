// An exception ends its iteration, is told with its place, and counts as an iteration; the test goes on and passes.
// docs: using-k6/test-lifecycle
// promises: exit 0, iterations 3, requests 5
// logs: error exception-iteration.js:13:
// logs: error no such shop
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { iterations: 3 };

function enter(shop) {
  if (shop === 1) throw new TypeError('no such shop');
}

export default function () {
  http.get(`${__ENV.TARGET}/get?first`);
  enter(__ITER);
  http.get(`${__ENV.TARGET}/get?second`);
}
