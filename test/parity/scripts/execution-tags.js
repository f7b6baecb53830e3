// Tags that an iteration sets in exec.vu.metrics.tags are on the samples of its virtual user from then on.
// docs: javascript-api/k6-execution#vu
// promises: exit 0, iterations 3, held 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';
import { check } from 'k6';
import { Counter } from 'k6/metrics';

const sold = new Counter('sold');

export const options = {
  iterations: 3,
  thresholds: {
    'sold{page:books}': ['count==2'],
    'sold{number:7}': ['count==2'],
    'iterations{page:books}': ['count==2'],
    'sold{page:gone}': ['count==0'],
  },
};

export default function () {
  sold.add(1);
  check(exec.vu.metrics.tags, {
    'those of before': (tags) => tags.page === (__ITER === 2 ? 'books' : undefined) && tags.scenario === 'default',
  });
  if (__ITER !== 1) return;
  exec.vu.metrics.tags.page = 'gone';
  delete exec.vu.metrics.tags.page;
  exec.vu.metrics.tags.page = 'books';
  exec.vu.metrics.tags['number'] = 7;
  sold.add(1);
}
