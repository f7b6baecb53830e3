// What handleSummary returns is written to the files it names and to stdout and stderr; the usual text is not printed.
// docs: results-output/end-of-test/custom-summary
// promises: exit 0, iterations 2, files 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';

const sorted = (_, value) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

export const options = { iterations: 2 };

export default function () {
  check(__ITER, { even: (n) => n % 2 === 0 });
}

export function handleSummary(data) {
  const { metrics, root_group: root, options, state } = data;
  return {
    stdout: `played ${metrics.iterations.values.count} iterations\n`,
    'checks.json': JSON.stringify(
      { root, options, state: Object.keys(state).sort(), metrics: Object.keys(metrics).sort() },
      sorted,
      2,
    ),
    'note.txt': `checks ${metrics.checks.values.rate * 100}%`,
  };
}
