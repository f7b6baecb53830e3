// http.url names a request by its template, so that the metrics of many URLs are one.
// docs: javascript-api/k6-http/url
// promises: exit 0, iterations 3, requests 3, held 1, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

const target = __ENV.TARGET;

export const options = {
  iterations: 3,
  thresholds: { 'http_reqs{name:${}/anything/products/${}}': ['count==3'] },
};

export default function () {
  const answer = http.get(http.url`${target}/anything/products/${__ITER}`);
  check(answer, { 'the whole URL is asked': (r) => r.json('path') === `/anything/products/${__ITER}` });
}
