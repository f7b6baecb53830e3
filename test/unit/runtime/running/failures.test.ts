import { expect, test } from 'vitest';
import { ShowrunnerError } from '../../../../orchestrator/errors.ts';
import { processFailure, startFailure } from '../../../../orchestrator/runtime/running/failures.ts';
import type { RunningProcess } from '../../../../orchestrator/runtime/process/run-processes.ts';

const processWith = (...logTail: string[]) =>
  ({
    name: 'postgres',
    logFile: '/runs/1/logs/postgres.log',
    logTail: async () => logTail,
  }) as Partial<RunningProcess> as RunningProcess;

test.each([
  ['disk-full', 'FATAL:  could not write to file: No space left on device'],
  ['port-taken', 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
  ['port-taken', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:4000'],
  ['out-of-memory', 'FATAL:  could not map anonymous shared memory: Cannot allocate memory'],
  ['out-of-memory', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['out-of-memory', 'Out of memory'],
])('%s is read from the log of a process that ended', async (code, line) => {
  const error = await processFailure(processWith('first', line), 'ended at its start with exit code 1');
  expect(error).toMatchObject({
    code,
    exitCode: 3,
    message: 'postgres ended at its start with exit code 1',
    logTail: ['first', line],
  });
  expect(error.hint).toBeTruthy();
});

test('how a process ended tells its cause before its log does', async () => {
  const exit = 'ended at its start with exit code 137 (out of memory)';
  expect(await processFailure(processWith(), exit)).toMatchObject({ code: 'out-of-memory' });
  expect(await processFailure(processWith('address already in use'), exit)).toMatchObject({ code: 'out-of-memory' });
});

test.each([
  ['port-taken', 'Bind for 127.0.0.1:32768 failed: port is already allocated'],
  ['port-taken', 'listen tcp4 127.0.0.1:32768: bind: address already in use'],
  ['disk-full', 'mkdir /var/lib/docker/overlay2/1: no space left on device'],
  [
    'no-address-pool',
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  ],
  ['no-address-pool', 'all predefined address pools have been fully subnetted'],
  ['start-failed', 'what is this?'],
])('%s is read from the words of the engine', (code, words) => {
  const error = startFailure(new Error(`(HTTP code 500) server error - ${words}`));
  expect(error).toMatchObject({ code, exitCode: 3, message: expect.stringContaining(words) });
  expect(error.hint).toBeTruthy();
});

test('an unknown cause points at the whole log', async () => {
  const error = await processFailure(processWith('FATAL:  what is this?'), 'accepted no connections after 20 s');
  expect(error).toMatchObject({ code: 'process-failed', hint: 'its whole log is /runs/1/logs/postgres.log' });
});

test('an error of the system becomes one for the user, and one for the user stays as it is', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(startFailure(full)).toMatchObject({ code: 'disk-full', exitCode: 3, cause: full });
  const own = new ShowrunnerError('no-postgres', 'not installed', { exitCode: 3 });
  expect(startFailure(own)).toBe(own);
});
