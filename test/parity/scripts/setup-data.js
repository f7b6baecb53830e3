// What setup returns is handed to the iterations and to teardown as a copy of its JSON, one for each virtual user.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 0, iterations 4, requests 2, failing-checks 0, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 4 };

export function setup() {
  const { path } = http.get(`${__ENV.TARGET}/get?in=setup`).json();
  console.log('setup');
  return { path, list: [1, 'two', { three: null }], visits: 0 };
}

export default function (data) {
  check(data, {
    'the answer of setup': ({ path }) => path === '/get',
    'kept by its virtual user': ({ visits }) => visits === __ITER,
  });
  if (__ITER === 0) console.log(JSON.stringify(data.list));
  data.visits += 1;
}

export function teardown(data) {
  http.post(`${__ENV.TARGET}/post?in=teardown`, JSON.stringify(data.list));
  console.log(`teardown ${data.visits}`);
}
