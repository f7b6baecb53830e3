// With noVUConnectionReuse every iteration has connections of its own.
// docs: using-k6/k6-options/reference#no-vu-connection-reuse
// promises: exit 0, iterations 3, requests 6, connections 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { iterations: 3, noVUConnectionReuse: true };

export default function () {
  http.get(`${__ENV.TARGET}/get?n=1`);
  http.get(`${__ENV.TARGET}/get?n=2`);
}
