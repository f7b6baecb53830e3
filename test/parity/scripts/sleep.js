// sleep pauses for seconds, also parts of one, and not at all for nothing.
// docs: javascript-api/k6/sleep
// promises: exit 0, iterations 1, checks 3, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, sleep } from 'k6';

export default function () {
  const took = (seconds) => {
    const begun = Date.now();
    sleep(seconds);
    return Date.now() - begun;
  };
  check(took(0.25), { 'a quarter of a second': (ms) => ms >= 249 && ms < 1000 });
  check(took(0), { none: (ms) => ms < 90 });
  check(took('0.1'), { 'of a text': (ms) => ms >= 99 && ms < 1000 });
}
