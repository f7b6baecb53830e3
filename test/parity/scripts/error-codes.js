// Answers of 4xx and 5xx have error codes of their own and count as failed, but are answers.
// docs: javascript-api/error-codes
// promises: exit 0, iterations 1, requests 5, http_req_failed 4, failing-checks 0, held 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = {
  thresholds: { 'http_reqs{error_code:1404}': ['count==1'], 'http_reqs{error_code:1500,status:500}': ['count==1'] },
};

export default function () {
  for (const status of [200, 400, 404, 500, 503]) {
    const answer = http.get(`${__ENV.TARGET}/status/${status}`);
    check(answer, {
      [`${status} is its status`]: (r) => r.status === status && r.json('status') === status,
      [`${status} has its code`]: (r) => r.error_code === (status < 400 ? 0 : 1000 + status) && r.error === '',
    });
  }
}
