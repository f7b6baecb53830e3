// maxRedirects limits the redirects of every request, and more of them are warned of.
// docs: using-k6/k6-options/reference#max-redirects
// promises: exit 0, iterations 1, requests 3, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { maxRedirects: 1 };

export default function () {
  check(http.get(`${__ENV.TARGET}/redirect/3`), { 'followed once': (r) => r.status === 302 });
  check(http.get(`${__ENV.TARGET}/redirect/3`, { redirects: 0 }), { 'the parameter wins': (r) => r.status === 302 });
}
