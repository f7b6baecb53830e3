// The executor constant-arrival-rate begins iterations at a rate, however long they take.
// docs: using-k6/scenarios/executors/constant-arrival-rate
// promises: exit 0, iterations 30..31, requests 30..31
// parity: metrics/*/count ±1 because the iteration that is due at the very end may be played or not
// parity: metrics/data_*/count ±5% because of that last iteration
// parity: metrics/http_req_failed/fails ±1 because of that last iteration
// parity: metrics/vus/* not compared because it is how many of the 20 are busy at the moment when it is read
// parity: requests/30* not compared because of that last iteration
// parity: requests in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';

export const options = {
  scenarios: {
    rate: { executor: 'constant-arrival-rate', rate: 10, timeUnit: '500ms', duration: '1500ms', preAllocatedVUs: 20 },
  },
};

export default function () {
  http.get(`${__ENV.TARGET}/get?n=${String(exec.scenario.iterationInTest).padStart(2, '0')}`);
}
