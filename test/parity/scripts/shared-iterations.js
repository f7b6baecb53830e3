// The executor shared-iterations divides its iterations among its virtual users, whoever is free first.
// docs: using-k6/scenarios/executors/shared-iterations
// promises: exit 0, iterations 11, requests 11, checks 11
// parity: requests in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';
import { check } from 'k6';

export const options = { scenarios: { shared: { executor: 'shared-iterations', vus: 3, iterations: 11 } } };

export default function () {
  const answer = http.get(`${__ENV.TARGET}/get?iteration=${exec.scenario.iterationInTest}`);
  check(answer, { 'status is 200': (r) => r.status === 200 });
}
