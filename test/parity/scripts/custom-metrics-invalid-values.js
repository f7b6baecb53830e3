// A value that is no number is not added; it is told, and ends the iteration only with the option throw.
// docs: javascript-api/k6-metrics/counter
// promises: exit 0, iterations 1, sold 3, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter } from 'k6/metrics';

const sold = new Counter('sold');

export default function () {
  sold.add(1);
  sold.add('no number');
  sold.add(NaN);
  sold.add('2');
  console.log('the iteration goes on');
}
