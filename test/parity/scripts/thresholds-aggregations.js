// Every kind of metric with every aggregation that a threshold of it may use, and every comparison.
// docs: using-k6/thresholds#threshold-syntax
// promises: exit 99, held 19, crossed 5
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const [counter, gauge, rate, trend] = [
  new Counter('sold'),
  new Gauge('stock'),
  new Rate('returned'),
  new Trend('price'),
];

export const options = {
  thresholds: {
    sold: ['count==6', 'count>=6', 'count!=6', 'rate>0', 'count<7', 'count===6'],
    stock: ['value==2', 'value<2', 'value>1.5'],
    returned: ['rate==0.75', 'rate>0.75', 'rate<=.75'],
    price: [
      'avg==50.5',
      'min==1',
      'max<100',
      'max==100',
      'med==50.5',
      'p(90)>90',
      'p(90)<90.2',
      'p(99.9)>99.9',
      'p(0)==1',
      'p(100) == 100',
      'avg  >  50',
      'min>1',
    ],
  },
};

export default function () {
  for (const value of [1, 2, 3]) counter.add(value);
  for (const value of [5, 1, 2]) gauge.add(value);
  for (const value of [true, false, 1, 4]) rate.add(value);
  for (let value = 1; value <= 100; value++) trend.add(value);
}
