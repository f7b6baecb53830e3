// What console.log shows of values that are no JSON.
// docs: javascript-api/init-context
// promises: exit 0, iterations 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export default function () {
  console.log(new Error('an error'));
  console.log(new Date(0));
  console.log({ nested: { deep: { deeper: { deepest: 1 } } } });
  console.log(Symbol('mark'), 10n);
  console.log(new Map([['a', 1]]), new Set([1]));
  console.log('%s is %d', 'a', 1);
}
