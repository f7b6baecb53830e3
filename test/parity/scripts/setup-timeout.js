// A setup that takes longer than setupTimeout ends the test with exit code 100.
// docs: using-k6/k6-options/reference#setup-timeout
// promises: exit 100, requests 0
// logs: error setup
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { sleep } from 'k6';

export const options = { iterations: 1, setupTimeout: '500ms' };

export function setup() {
  sleep(10);
}

export default function () {
  http.get(`${__ENV.TARGET}/get`);
}
