// http.asyncRequest gives a promise; several are on their way at once.
// docs: javascript-api/k6-http/asyncrequest
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: requests in any order because they are sent side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default async function () {
  const begun = Date.now();
  const answers = await Promise.all([
    http.asyncRequest('GET', `${__ENV.TARGET}/delay/450`),
    http.asyncRequest('GET', `${__ENV.TARGET}/delay/450`),
    http.asyncRequest('POST', `${__ENV.TARGET}/post`, 'hello', { headers: { 'X-Async': 'yes' } }),
  ]);
  check(answers, {
    'all answered': (all) => all.map((r) => r.status).join() === '200,200,200',
    'side by side': () => Date.now() - begun < 880,
  });
  const first = await Promise.race([
    http.asyncRequest('GET', `${__ENV.TARGET}/get?fast`).then(() => 'fast'),
    new Promise(() => {}),
  ]);
  check(first, { 'the race': (name) => name === 'fast' });
}
