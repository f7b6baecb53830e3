// A teardown that takes longer than teardownTimeout makes the exit code 101.
// docs: using-k6/k6-options/reference#teardown-timeout
// promises: exit 101, iterations 1, requests 1
// logs: error teardown
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { sleep } from 'k6';

export const options = { iterations: 1, teardownTimeout: '500ms' };

export default function () {
  http.get(`${__ENV.TARGET}/get`);
}

export function teardown() {
  sleep(10);
}
