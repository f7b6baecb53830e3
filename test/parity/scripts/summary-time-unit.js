// summaryTimeUnit says in which unit the text shows times; the exported values stay milliseconds.
// docs: using-k6/k6-options/reference#summary-time-unit
// promises: exit 0, iterations 1, held 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { Trend } from 'k6/metrics';

const waited = new Trend('waited', true);

export const options = { summaryTimeUnit: 's', thresholds: { waited: ['avg<2000'] } };

export default function () {
  waited.add(1500);
}
