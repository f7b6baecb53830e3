// summaryTrendStats says which statistics of trends the summary has.
// docs: using-k6/k6-options/reference#summary-trend-stats
// promises: exit 0, iterations 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Trend } from 'k6/metrics';

const price = new Trend('price');

export const options = { summaryTrendStats: ['count', 'min', 'p(25)', 'med', 'p(99.99)', 'max', 'avg'] };

export default function () {
  for (let value = 1; value <= 10; value++) price.add(value);
}
