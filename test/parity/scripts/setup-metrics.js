// Requests and checks of setup and teardown count under the groups ::setup and ::teardown, without a scenario.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 0, requests 3, held 4, checks 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = {
  thresholds: {
    'http_reqs{group:::setup}': ['count==1'],
    'http_reqs{group:::teardown}': ['count==1'],
    'http_reqs{scenario:default}': ['count==1'],
    'checks{group:::setup}': ['rate==1'],
  },
};

const visit = () => check(http.get(`${__ENV.TARGET}/get`), { ok: (r) => r.status === 200 });

export function setup() {
  visit();
}

export default function () {
  visit();
}

export function teardown() {
  visit();
}
