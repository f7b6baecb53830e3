import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replayCommand } from '../../../orchestrator/cli/commands/replay.ts';
import { realClock } from '../../../orchestrator/clock/real-clock.ts';
import type { Host } from '../../../orchestrator/host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-replay-'));
  await writeFile(join(dir, 'journal.jsonl'), `${JSON.stringify({ at: 0, type: 'trouble', message: 'no disk' })}\n`);
});
afterEach(() => rm(dir, { recursive: true }));

async function replayed(env: Host['env']): Promise<string> {
  let text = '';
  const output = { write: (written: string) => void (text += written), isTTY: true, columns: 80 };
  const host: Host = {
    env,
    cwd: dir,
    clock: realClock,
    startedAt: 0,
    stdout: output,
    stderr: output,
    onStopSignal: () => () => {},
    interactive: false,
    onLine: () => () => {},
  };
  await replayCommand(host, () => {}).parseAsync([dir], { from: 'user' });
  return text;
}

it('colours a replay on a terminal, unless NO_COLOR is set', async () => {
  expect(await replayed({})).toContain('\u001B[33mtrouble: no disk');
  expect(await replayed({ NO_COLOR: '1' })).toBe('        trouble: no disk\n');
});
