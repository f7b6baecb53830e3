// batch and batchPerHost limit how many requests of a batch are on their way at once.
// docs: using-k6/k6-options/reference#batch-per-host
// promises: exit 0, iterations 1, requests 4, connections 2, failing-checks 0
// parity: requests in any order because the requests of a batch are sent side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { batch: 10, batchPerHost: 2 };

export default function () {
  const begun = Date.now();
  http.batch([1, 2, 3, 4].map((n) => `${__ENV.TARGET}/delay/300?n=${n}`));
  check(Date.now() - begun, { 'two at a time': (ms) => ms >= 595 && ms < 1100 });
}
