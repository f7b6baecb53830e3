// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

test('the iteration goes on until every timer has been called, in the order in which they are due', async () => {
  const { logs, reports } = await playGuest(`
    import exec from 'k6/execution';
    import { group } from 'k6';
    export default function () {
      setTimeout((a, b) => console.log('late', a, b), 500, 'A', 3);
      group('g', () => setTimeout(() => console.log('early', exec.vu.tags.group), 5));
      setTimeout(() => { console.log('now'); setTimeout(() => console.log('nested'), 10); });
      const gone = setTimeout(() => console.log('never'), 1);
      clearTimeout(gone);
      clearTimeout(12345);
      console.log('end');
    }`);
  expect(logs).toEqual(['end', 'now', 'early ', 'nested', 'late A 3']);
  expect(reports[0]?.error).toBeUndefined();
});

test('an interval is called until it is cleared, also from within', async () => {
  const { logs } = await playGuest(`
    import { setInterval, clearInterval } from 'k6/timers';
    export default function () {
      let times = 0;
      const id = setInterval(() => { console.log(++times); if (times === 3) clearInterval(id); }, 2);
    }`);
  expect(logs).toEqual(['1', '2', '3']);
});

test('a timer that was cleared is not waited for', async () => {
  const startedAt = performance.now();
  await playGuest(
    `export default function () { const id = setTimeout(() => 1, 60000); setTimeout(() => clearTimeout(id), 1); }`,
  );
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test('a callback that throws ends the iteration, and the other timers with it', async () => {
  const { logs, reports } = await playGuest(
    `export default function () {
      setTimeout(() => { throw new Error('in a timer'); }, 1);
      setInterval(() => console.log('never'), 1000);
    }`,
    { iterations: 2 },
  );
  expect(reports.map(({ error }) => error?.message)).toEqual(['in a timer', 'in a timer']);
  expect(logs).toEqual([
    'setInterval 2 was stopped because the VU iteration was interrupted',
    'setInterval 4 was stopped because the VU iteration was interrupted',
  ]);
});

test('what is no function cannot be called later', async () => {
  const { logs } = await playGuest(tellingScript('', ['setTimeout()', 'setInterval(5)', `setTimeout('text', 1)`]));
  expect(logs).toEqual([
    "GoError: setTimeout's callback isn't a callable function",
    'TypeError: could not convert function call parameter 0: could not convert 5 to sobek.Callable',
    'TypeError: could not convert function call parameter 0: could not convert text to sobek.Callable',
  ]);
});

test('a timer while the script is loaded is refused', async () => {
  await expect(playGuest('setTimeout(() => 1, 1); export default function () {}')).rejects.toThrow(
    'setTimeout() while the script is loaded',
  );
});
