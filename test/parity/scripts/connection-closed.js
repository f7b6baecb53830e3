// A connection that ends without an answer fails the request.
// docs: javascript-api/error-codes
// promises: exit 0, iterations 1, http_req_failed 1, failing-checks 0
// logs: warning Request Failed
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.post(`${__ENV.TARGET}/drop`, 'body');
  check(answer, { 'no answer': (r) => r.status === 0 && r.error_code >= 1000 && r.error !== '' });
  console.log(answer.error_code);
}
