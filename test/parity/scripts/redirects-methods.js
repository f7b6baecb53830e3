// After 301, 302 and 303 a POST goes on as a GET without its body, after 307 and 308 as it was.
// docs: using-k6/http-requests#follow-redirects
// promises: exit 0, iterations 1, requests 12, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const posted = (status) =>
    http.post(`${__ENV.TARGET}/redirect-to?status=${status}&to=/anything/end`, 'payload', {
      headers: { 'Content-Type': 'text/plain', 'X-Kept': 'yes' },
    });
  for (const status of [301, 302, 303])
    check(posted(status), { [`${status} becomes GET`]: (r) => r.json('method') === 'GET' && r.json('body') === '' });
  for (const status of [307, 308])
    check(posted(status), {
      [`${status} stays POST`]: (r) => r.json('method') === 'POST' && r.json('body') === 'payload',
    });
  check(http.put(`${__ENV.TARGET}/redirect-to?status=302&to=/anything/end`, 'put'), {
    'a PUT becomes GET': (r) => r.json('method') === 'GET',
  });
}
