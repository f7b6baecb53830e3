// What handleSummary is given of custom metrics of times and of others.
// docs: javascript-api/k6-metrics
// promises: exit 0, files 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
export { handleSummary } from './lib/shapes.js';

const metrics = [
  new Counter('counter_plain'),
  new Counter('counter_time', true),
  new Gauge('gauge_plain'),
  new Gauge('gauge_time', true),
  new Rate('rate_plain'),
  new Rate('rate_time', true),
  new Trend('trend_plain'),
  new Trend('trend_time', true),
  new Trend('never_added'),
];

export default function () {
  for (const metric of metrics.slice(0, -1)) metric.add(1);
}
