// Where nobody listens the request fails with error code 1212; the iteration goes on.
// docs: javascript-api/error-codes
// promises: exit 0, iterations 2, http_reqs 2, http_req_failed 2, failing-checks 0, held 1
// logs: warning Request Failed
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 2, thresholds: { 'http_reqs{error_code:1212,status:0}': ['count==2'] } };

export default function () {
  check(http.get('http://127.0.0.1:1/nobody'), {
    'no answer': (r) => r.status === 0 && r.body === null && r.status_text === '',
    code: (r) => r.error_code === 1212,
    message: (r) => r.error.includes('connection refused'),
    url: (r) => r.url === 'http://127.0.0.1:1/nobody' || r.url === '',
  });
}
