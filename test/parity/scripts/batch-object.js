// http.batch of an object gives an object of answers with the same names.
// docs: javascript-api/k6-http/batch
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: requests in any order because the requests of a batch are sent side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answers = http.batch({
    page: `${__ENV.TARGET}/get?page`,
    order: { method: 'POST', url: `${__ENV.TARGET}/post`, body: 'order' },
  });
  check(answers, {
    names: (all) => Object.keys(all).sort().join() === 'order,page',
    answers: ({ page, order }) => page.json('query.page') === '' && order.json('body') === 'order',
  });
}
