// The executor per-vu-iterations gives every virtual user the same number of iterations.
// docs: using-k6/scenarios/executors/per-vu-iterations
// promises: exit 0, iterations 12, requests 12
// parity: requests in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 4, iterations: 3 } } };

export default function () {
  http.get(`${__ENV.TARGET}/get?vu=${__VU}&iteration=${__ITER}`);
}
