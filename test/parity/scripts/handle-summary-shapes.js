// handleSummary gets every metric with its type, what it contains, its values and thresholds.
// docs: results-output/end-of-test/custom-summary
// promises: exit 99, files 1, crossed 1, held 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
export { handleSummary } from './lib/shapes.js';

const made = [
  new Counter('sold'),
  new Gauge('stock'),
  new Rate('returned'),
  new Trend('price'),
  new Trend('waited', true),
];

export const options = {
  vus: 1,
  iterations: 1,
  thresholds: {
    http_req_duration: ['p(95)<2000'],
    'http_req_duration{status:200}': ['max<2000'],
    sold: ['count<1'],
    'price{kind:cup}': ['avg>0'],
  },
};

export default function () {
  group('a visit', () => check(http.get(`${__ENV.TARGET}/get`), { ok: (r) => r.status === 200 }));
  for (const metric of made) metric.add(1, { kind: 'cup' });
  sleep(1.1);
}
