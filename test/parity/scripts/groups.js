// Groups nest, return what their function returns, keep their checks apart, and measure group_duration.
// docs: javascript-api/k6/group
// promises: exit 0, checks 6, held 2, console 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, group, sleep } from 'k6';
import exec from 'k6/execution';

export const options = {
  iterations: 2,
  thresholds: {
    'group_duration{group:::visit}': ['min>=60'],
    'group_duration{group:::visit::cart}': ['count>0', 'min>=20'].slice(1),
  },
};

export default function () {
  const price = group('visit', () => {
    check(1, { 'is there': true });
    sleep(0.05);
    return group('cart', () => {
      check(2, { 'is there': true });
      sleep(0.025);
      if (__ITER === 0) console.log(exec.vu.metrics.tags.group, exec.vu.tags === undefined);
      return 12;
    });
  });
  check(price, { 'a group returns': (n) => n === 12 });
  if (__ITER === 0) console.log(`"${exec.vu.metrics.tags.group}"`);
}
