// A virtual user keeps its connection over its iterations.
// docs: using-k6/k6-options/reference#no-connection-reuse
// promises: exit 0, iterations 4, requests 8, connections 1, checks 8, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 4 };

export default function () {
  for (const n of [0, 1]) {
    const { timings } = http.get(`${__ENV.TARGET}/get`);
    check(timings, { reused: ({ connecting }) => connecting === 0 || (n === 0 && __ITER === 0) });
  }
}
