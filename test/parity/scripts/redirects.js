// Redirects are followed; the answer is the last one's, every hop counts as a request.
// docs: using-k6/http-requests#follow-redirects
// promises: console 1, exit 0, iterations 1, requests 4, http_reqs 4, http_req_failed 0, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.get(`${__ENV.TARGET}/redirect/3`);
  check(answer, {
    'ends at the page': (r) => r.status === 200 && r.url === `${__ENV.TARGET}/get?redirected=yes`,
  });
  console.log(answer.request.method, answer.request.url);
}
