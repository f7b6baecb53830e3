// Samples of custom metrics may have tags, and thresholds on them are submetrics with values of their own.
// docs: javascript-api/k6-metrics
// promises: exit 99, held 4, crossed 1, sold 6, sold{kind:cup} 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter, Rate, Trend } from 'k6/metrics';
export { handleSummary } from './lib/shapes.js';

const sold = new Counter('sold');
const returned = new Rate('returned');
const price = new Trend('price');

export const options = {
  iterations: 2,
  thresholds: {
    'sold{kind:cup}': ['count==2'],
    'sold{kind:plate,size:big}': ['count==4'],
    'returned{kind:cup}': ['rate<0.5'],
    'price{kind:plate}': ['max==5', 'min==5'],
  },
};

export default function () {
  sold.add(1, { kind: 'cup' });
  sold.add(2, { kind: 'plate', size: 'big' });
  returned.add(true, { kind: 'cup' });
  returned.add(false, { kind: 'plate' });
  price.add(3, { kind: 'cup' });
  price.add(5, { kind: 'plate' });
}
