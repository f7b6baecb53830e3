// An exception in teardown is told, and the exit code is 107.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 107, iterations 2
// logs: error left over
// logs: error teardown-throws.js:13:
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = { iterations: 2 };

export default function () {}

export function teardown() {
  throw new Error('left over');
}
