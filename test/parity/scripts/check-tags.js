// The tags given to a check are on its samples, so that a threshold can pick them.
// docs: javascript-api/k6/check
// promises: exit 99, held 3, crossed 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';

export const options = {
  iterations: 2,
  thresholds: {
    'checks{page:books}': ['rate==0.5'],
    'checks{page:toys}': ['rate==1'],
    'checks{page:none}': ['rate>0.1'],
    'checks{check:is even}': ['rate>0.9'],
  },
};

export default function () {
  check(__ITER, { 'is even': (n) => n % 2 === 0 }, { page: 'books' });
  check(__ITER, { 'is a number': (n) => Number.isInteger(n) }, { page: 'toys' });
}
