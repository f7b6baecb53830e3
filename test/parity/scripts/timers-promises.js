// An async function may wait for a timer, and the iteration lasts until its promise is settled.
// docs: javascript-api/k6-timers/settimeout
// promises: exit 0, iterations 2, checks 2, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';
import { setTimeout } from 'k6/timers';

export const options = { iterations: 2 };

const wait = (ms) => new Promise((resolve) => setTimeout(() => resolve(ms), ms));

export default async function () {
  const begun = Date.now();
  await Promise.all([wait(100), wait(150)]);
  await wait(50);
  check(Date.now() - begun, { 'side by side, then in turn': (ms) => ms >= 199 && ms < 1500 });
}
