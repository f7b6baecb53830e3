// The executor constant-vus lets its virtual users loop until the time is over; who has begun may finish.
// docs: using-k6/scenarios/executors/constant-vus
// promises: exit 0, iterations 6, requests 6, vus 2, vus_max 2
// parity: requests in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { sleep } from 'k6';

export const options = { scenarios: { steady: { executor: 'constant-vus', vus: 2, duration: '1s' } } };

export default function () {
  http.get(`${__ENV.TARGET}/get?iteration=${__ITER}`);
  sleep(0.4);
}
