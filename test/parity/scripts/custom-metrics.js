// The four kinds of custom metrics: a sum, a last value, a share, a distribution.
// docs: javascript-api/k6-metrics
// promises: exit 0, iterations 3, sold 6.5, stock 4, returned 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const sold = new Counter('sold');
const stock = new Gauge('stock');
const returned = new Rate('returned');
const price = new Trend('price');

export const options = { iterations: 3 };

export default function () {
  sold.add(2);
  if (__ITER === 2) sold.add(0.5);
  for (const value of [7, 3, 4]) stock.add(value);
  returned.add(true);
  returned.add(0);
  price.add(10 * (__ITER + 1));
  price.add(1.25);
}
