// An exception in a group ends the iteration, and the group is left.
// docs: javascript-api/k6/group
// promises: exit 0, iterations 2, checks 2
// logs: error in the cart
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, group } from 'k6';

export const options = { iterations: 2 };

export default function () {
  check(1, { 'outside again': true });
  group('cart', () => {
    throw new Error('in the cart');
  });
}
