// The parameter redirects says how many are followed; 0 shows the redirect itself, too many end with the last one.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 4, http_req_failed 0, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  check(http.get(`${__ENV.TARGET}/redirect/2`, { redirects: 0 }), {
    'not followed': (r) => r.status === 302 && r.headers.Location === '/redirect/1',
  });
  check(http.get(`${__ENV.TARGET}/redirect/5`, { redirects: 2 }), {
    'followed twice': (r) => r.status === 302 && r.headers.Location === '/redirect/2',
  });
}
