// With discardResponseBodies bodies are thrown away where a request does not ask for one.
// docs: using-k6/k6-options/reference#discard-response-bodies
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { discardResponseBodies: true };

export default function () {
  check(http.get(`${__ENV.TARGET}/get`), { 'thrown away': (r) => r.body === null && r.status === 200 });
  check(http.get(`${__ENV.TARGET}/get`, { responseType: 'text' }), { 'asked for': (r) => r.json('method') === 'GET' });
}
