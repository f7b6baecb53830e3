// A check that throws counts as failed and ends its iteration with the error.
// docs: javascript-api/k6/check
// promises: exit 0, iterations 2, checks 2, failing-checks 1, console 0
// logs: error not a page
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';

export const options = { iterations: 2 };

export default function () {
  check(null, {
    fine: () => true,
    broken: () => {
      throw new Error('not a page');
    },
    'never asked': () => true,
  });
  console.log('never said');
}
