// Headers are sent as given; Host may be set; those of the answer are shown in canonical form.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 3, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const headers = { 'X-One': '1', 'x-lower': 'two words', Accept: 'application/json', 'Content-Type': 'text/x-mine' };
  http.post(`${__ENV.TARGET}/post`, 'body', { headers });
  http.get(`${__ENV.TARGET}/get`, { headers: { Host: 'shop.example', 'User-Agent': 'mine', 'X-Number': 7 } });
  check(http.get(`${__ENV.TARGET}/twice`), {
    canonical: (r) => r.headers['Content-Type'] === 'application/json' && r.headers['content-type'] === undefined,
    'several values are joined': (r) => r.headers['X-Twice'] === 'one, two',
  });
}
