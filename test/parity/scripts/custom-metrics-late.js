// Metrics can only be made while the script is loaded.
// docs: javascript-api/k6-metrics/counter
// promises: exit 0, iterations 1, console 0
// logs: error custom-metrics-late.js:10:
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter } from 'k6/metrics';

export default function () {
  new Counter('too_late');
  console.log('never said');
}
