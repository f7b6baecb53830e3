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
