// Several scenarios run side by side, each with its function, environment and tags.
// docs: using-k6/scenarios
// promises: exit 0, iterations 5, requests 5, held 3
// parity: requests in any order because the scenarios run side by side
// parity: console in any order because the scenarios run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import exec from 'k6/execution';

export const options = {
  scenarios: {
    browse: {
      executor: 'shared-iterations',
      vus: 1,
      iterations: 3,
      exec: 'browse',
      env: { PAGE: 'books', TARGET_PATH: '/get' },
      tags: { kind: 'reader' },
    },
    buy: { executor: 'per-vu-iterations', vus: 2, iterations: 1, exec: 'buy', tags: { kind: 'buyer' } },
  },
  thresholds: {
    'http_reqs{kind:reader}': ['count==3'],
    'http_reqs{kind:buyer}': ['count==2'],
    'iterations{scenario:buy}': ['count==2'],
  },
};

export function browse() {
  http.get(`${__ENV.TARGET}${__ENV.TARGET_PATH}?page=${__ENV.PAGE}`);
}

export function buy() {
  http.post(`${__ENV.TARGET}/post`, JSON.stringify({ page: __ENV.PAGE === undefined ? 'none' : __ENV.PAGE }));
  console.log(`${exec.scenario.name} ${JSON.stringify(Object.entries(exec.vu.metrics.tags).sort())}`);
}
