// With noConnectionReuse every request has a connection of its own.
// docs: using-k6/k6-options/reference#no-connection-reuse
// promises: exit 0, iterations 2, requests 4, connections 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 2, noConnectionReuse: true };

export default function () {
  for (const n of [1, 2]) {
    check(http.get(`${__ENV.TARGET}/get?n=${n}`).timings, { 'connected anew': ({ connecting }) => connecting > 0 });
  }
}
