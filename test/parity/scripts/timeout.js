// A request that takes longer than its timeout fails with error code 1050; the iteration goes on.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, http_req_failed 2, failing-checks 0
// logs: warning Request Failed
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const ways = { 'as text': '150ms', 'as a number': 150 };
  for (const [way, timeout] of Object.entries(ways)) {
    const begun = Date.now();
    const answer = http.get(`${__ENV.TARGET}/hang`, { timeout });
    check(answer, {
      [`${way}: no answer`]: (r) => r.status === 0 && r.body === null && r.error === 'request timeout',
      [`${way}: error code`]: (r) => r.error_code === 1050,
      [`${way}: in time`]: () => Date.now() - begun >= 149 && Date.now() - begun < 1500,
    });
  }
  check(http.get(`${__ENV.TARGET}/delay/50`, { timeout: '5s' }), { 'long enough': (r) => r.status === 200 });
}
