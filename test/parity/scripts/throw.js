// With the option throw a failed request is an exception.
// docs: using-k6/k6-options/reference#throw
// promises: exit 0, iterations 1, failing-checks 0, console 1
// logs: error connection refused
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { throw: true };

export default function () {
  let caught = null;
  try {
    http.get(`${__ENV.TARGET}/hang`, { timeout: '100ms' });
  } catch (error) {
    caught = error;
  }
  check(caught, { thrown: (error) => error !== null && String(error).includes('timeout') });
  check(http.get(`${__ENV.TARGET}/status/500`), { 'a 500 is an answer': (r) => r.status === 500 });
  console.log('before');
  http.get('http://127.0.0.1:1/');
  console.log('never said');
}
