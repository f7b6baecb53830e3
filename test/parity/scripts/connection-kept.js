// A connection that nobody uses for a while is used again.
// docs: using-k6/k6-options/reference#no-connection-reuse
// promises: exit 0, iterations 2, requests 2, connections 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { sleep } from 'k6';

export const options = { iterations: 2 };

export default function () {
  http.get(`${__ENV.TARGET}/get`);
  sleep(1.5);
}
