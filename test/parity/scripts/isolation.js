// Virtual users share nothing: each has its own globals and module variables, kept over its iterations.
// docs: using-k6/test-lifecycle
// promises: exit 0, iterations 6, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';
import { count } from './lib/goods.js';

let mine = 0;
globalThis.ours = 0;

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 3, iterations: 2 } } };

export default function () {
  mine += 1;
  globalThis.ours += 1;
  check(count(), { 'its own numbers': (n) => n === __ITER + 1 && mine === n && globalThis.ours === n });
}
