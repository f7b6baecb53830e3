// console has log, info, warn, error and debug; several values are joined, objects shown.
// docs: using-k6/k6-options/reference#console-output
// promises: exit 0, iterations 1
// logs: warning careful
// logs: error broken
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export default function () {
  console.log('text', 1, 2.5, true, null, undefined);
  console.info({ a: 1, b: [1, 'two', { c: null }] }, [1, 2, 3], []);
  console.warn('careful "quoted" \\ and\ta tab');
  console.error('broken\nin two lines');
  console.debug('only with --verbose');
  console.log(`héllo ☕ ${JSON.stringify({ a: [1] })}`);
  console.log();
  console.log('');
}
