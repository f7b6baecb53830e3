// Where setup returns nothing, iterations and teardown get undefined; where there is no setup as well.
// docs: using-k6/test-lifecycle#setup-and-teardown-stages
// promises: exit 0, iterations 1, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export function setup() {
  console.log('setup');
}

export default function (data) {
  console.log(typeof data, arguments.length);
}

export function teardown(data) {
  console.log(typeof data);
}
