// handleSummary also gets the data of setup, and is played after teardown.
// docs: results-output/end-of-test/custom-summary
// promises: exit 0, iterations 1, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export function setup() {
  return { shelf: 7 };
}

export default function () {
  console.log('default');
}

export function teardown() {
  console.log('teardown');
}

export function handleSummary({ setup_data: data }) {
  console.log(`summary ${JSON.stringify(data)}`);
  return { stdout: '' };
}
