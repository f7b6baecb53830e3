// Without a response callback no request is counted as failed or not, and has no tag expected_response.
// docs: javascript-api/k6-http/set-response-callback
// promises: exit 0, iterations 1, requests 3, held 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

http.setResponseCallback(null);

export const options = { thresholds: { 'http_reqs{status:500}': ['count==1'] } };

export default function () {
  http.get(`${__ENV.TARGET}/get`);
  http.get(`${__ENV.TARGET}/status/500`);
  http.get(`${__ENV.TARGET}/status/404`, { responseCallback: http.expectedStatuses(404) });
}
