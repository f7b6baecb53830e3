// The tags of the options are on every sample of the test.
// docs: using-k6/k6-options/reference#tags
// promises: exit 0, iterations 2, held 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = {
  iterations: 2,
  tags: { release: '2.1' },
  thresholds: {
    'http_reqs{release:2.1}': ['count==2'],
    'checks{release:2.1}': ['rate==1'],
    'iterations{release:2.1}': ['count==2'],
  },
};

export default function () {
  check(http.get(`${__ENV.TARGET}/get`), { ok: (r) => r.status === 200 });
}
