// http.batch sends an array of requests side by side and gives the answers in the same order.
// docs: javascript-api/k6-http/batch
// promises: exit 0, iterations 1, requests 6, failing-checks 0
// parity: requests in any order because the requests of a batch are sent side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = (name) => `${__ENV.TARGET}/anything/${name}`;
  const begun = Date.now();
  const answers = http.batch([
    url('one'),
    ['GET', url('two')],
    ['POST', url('three'), 'body', { headers: { 'X-Number': '3' } }],
    { method: 'PUT', url: url('four'), body: { form: 'field' }, params: { tags: { n: '4' } } },
    ['GET', `${__ENV.TARGET}/delay/450`],
    ['GET', `${__ENV.TARGET}/delay/450`],
  ]);
  check(answers, {
    'in order': (all) =>
      all
        .slice(0, 4)
        .map((r) => r.json('path'))
        .join() === '/anything/one,/anything/two,/anything/three,/anything/four',
    'side by side': () => Date.now() - begun < 880,
    'an array': (all) => Array.isArray(all) && all.length === 6,
  });
}
