// A metric made with isTime is of times: shown with units, its values in milliseconds.
// docs: javascript-api/k6-metrics/trend
// promises: exit 0, iterations 2, held 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter, Gauge, Trend } from 'k6/metrics';

const waited = new Trend('waited', true);
const length = new Trend('length');
const clock = new Gauge('clock', true);
const spent = new Counter('spent', true);

export const options = { iterations: 2, thresholds: { waited: ['avg==1500'], length: ['p(50)==1500'] } };

export default function () {
  for (const metric of [waited, length, clock, spent]) metric.add(1000 + 1000 * __ITER);
}
