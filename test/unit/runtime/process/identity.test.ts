import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isAlive, startTimeOf } from '../../../../orchestrator/runtime/process/identity.ts';
import { listensOn } from '../../../../orchestrator/runtime/process/readiness.ts';
import { reservePort } from '../../../../orchestrator/runtime/process/ports.ts';

test('a process is known by its start time until it is dead', async () => {
  const child = spawn('sleep', ['60']);
  const identity = { pid: child.pid ?? 0, startTime: startTimeOf(child.pid ?? 0) ?? '' };
  expect(isAlive(identity)).toBe(true);
  // A later process with the same pid has another start time.
  expect(isAlive({ ...identity, startTime: '1' })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(startTimeOf(identity.pid)).toBeUndefined();
  expect(isAlive(identity)).toBe(false);
});

test('a listening port is told to belong to its process alone', async () => {
  const { port, letGo } = await reservePort();
  expect(listensOn(process.pid, port)).toBe(true);
  expect(listensOn(process.ppid, port)).toBe(false);
  letGo();
  await expect.poll(() => listensOn(process.pid, port)).toBe(false);
});
