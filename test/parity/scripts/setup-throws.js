// An exception in setup ends the test with exit code 107: no iteration, but teardown is not played either.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 107, requests 1
// logs: error no money
// logs: error setup-throws.js:14:
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { iterations: 3 };

export function setup() {
  http.get(`${__ENV.TARGET}/get?in=setup`);
  throw new Error('no money');
}

export default function () {
  http.get(`${__ENV.TARGET}/get?in=iteration`);
}

export function teardown() {
  http.get(`${__ENV.TARGET}/get?in=teardown`);
}
