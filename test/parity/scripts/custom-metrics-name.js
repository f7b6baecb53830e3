// A metric whose name is none ends the test at its begin with exit code 107.
// docs: javascript-api/k6-metrics/counter
// promises: exit 107, console 0
// tells: custom-metrics-name.js:8:

import { Counter } from 'k6/metrics';

new Counter('not a name!');

export default function () {
  console.log('never said');
}
