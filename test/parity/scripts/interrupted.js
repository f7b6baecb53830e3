// Iterations that are cut off at the end of the test do not count, nor do their requests that are still on the way.
// docs: using-k6/scenarios/concepts/graceful-stop
// promises: exit 0, requests 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = {
  scenarios: { cut: { executor: 'constant-vus', vus: 2, duration: '1300ms', gracefulStop: '0s' } },
};

export default function () {
  http.get(`${__ENV.TARGET}/hang`);
}
