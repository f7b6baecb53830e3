// Where handleSummary throws, the usual text is printed after all, and the exit code stays that of the test.
// docs: results-output/end-of-test/custom-summary
// promises: exit 0, iterations 1
// logs: error sums are hard
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export default function () {}

export function handleSummary() {
  throw new Error('sums are hard');
}
