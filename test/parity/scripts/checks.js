// check counts passes and fails by name, tells whether all held, and takes functions or values.
// docs: javascript-api/k6/check
// promises: exit 0, iterations 4, checks 19, failing-checks 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';

export const options = { iterations: 4 };

export default function () {
  const all = check(__ITER, { 'less than three': (n) => n < 3, 'a number': (n) => typeof n === 'number' });
  const values = check(null, { 'true is kept': true, 'zero is none': 0, 'text is kept': 'yes', 'empty is none': '' });
  check([all, values], { 'tells whether all held': ([one, other]) => one === __ITER < 3 && other === false });
}
