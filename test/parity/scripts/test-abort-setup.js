// exec.test.abort in setup ends the test with exit code 108 before the first iteration, and teardown is not played.
// docs: javascript-api/k6-execution#test
// promises: exit 108, requests 0
// logs: error closed today
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';

export function setup() {
  exec.test.abort('closed today');
}

export default function () {
  http.get(`${__ENV.TARGET}/get?in=iteration`);
}

export function teardown() {
  http.get(`${__ENV.TARGET}/get?in=teardown`);
}
