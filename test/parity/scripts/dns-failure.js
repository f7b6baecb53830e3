// A name that does not exist fails the request with error code 1101.
// docs: javascript-api/error-codes
// promises: exit 0, iterations 1, http_req_failed 1, failing-checks 0
// logs: warning Request Failed
// parity: times ±1500 ms because how long a resolver takes is its own affair

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.get('http://no-such-name.invalid/');
  check(answer, { 'no answer': (r) => r.status === 0, code: (r) => r.error_code === 1101 });
}
