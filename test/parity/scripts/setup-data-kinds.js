// What setup returns and JSON does not have arrives as its JSON: undefined as null, a date as text, a function not at all.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 0, iterations 1, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export function setup() {
  return [new Date(0), undefined, 1.5, 'héllo', [[]], {}, true];
}

export default function (data) {
  console.log(JSON.stringify(data));
}
