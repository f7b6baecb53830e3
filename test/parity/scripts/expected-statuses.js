// What counts as a failed request is said by expectedStatuses, for all requests or for one.
// docs: javascript-api/k6-http/set-response-callback
// promises: exit 0, iterations 1, requests 6, http_req_failed 3, held 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

http.setResponseCallback(http.expectedStatuses(200, { min: 400, max: 404 }));

export const options = {
  thresholds: {
    'http_reqs{expected_response:true}': ['count==3'],
    'http_reqs{expected_response:false}': ['count==3'],
  },
};

export default function () {
  const get = (status, params) => http.get(`${__ENV.TARGET}/status/${status}`, params);
  get(200);
  get(404);
  get(201);
  get(500);
  get(500, { responseCallback: http.expectedStatuses(500) });
  get(200, { responseCallback: http.expectedStatuses({ min: 300, max: 399 }) });
}
