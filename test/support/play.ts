import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapters } from '../../orchestrator/cli/adapters.ts';
import { chooseAdapters } from '../../orchestrator/cli/adapters.ts';
import type { PlayOptions } from '../../orchestrator/cli/options.ts';
import { playShow } from '../../orchestrator/cli/play-show.ts';
import { realClock } from '../../orchestrator/clock/real-clock.ts';
import type { Host } from '../../orchestrator/host.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import type { Advance } from '../../orchestrator/show/show.ts';
import { onlyRun, root, temporaryFolder } from './showrunner.ts';

export interface PlayedShow {
  readonly exitCode: number;
  readonly summary: Summary;
  readonly runDir: string;
  readonly console: string;
}

/** Plays a show in this process on the real shop, as `check` does unless told how its acts advance, with some parts exchanged. */
export async function playWith(
  show: string,
  exchange: (real: Adapters) => Partial<Adapters>,
  advance: Advance = 'evidence',
): Promise<PlayedShow> {
  let console = '';
  const output = { write: (text: string) => void (console += text), isTTY: false, columns: 100 };
  const host: Host = {
    env: process.env,
    cwd: root,
    clock: realClock,
    startedAt: Date.now(),
    stdout: output,
    stderr: output,
    onStopSignal: () => () => {},
    interactive: false,
    onLine: () => () => {},
  };
  const options: PlayOptions = {
    runtime: 'process',
    engine: 'embedded',
    lang: 'en',
    backendBinary: {},
    runsDir: temporaryFolder('runs'),
    keep: false,
    json: false,
    quiet: true,
  };
  const real = await chooseAdapters(host, options);
  const exitCode = await playShow(host, {
    show,
    options,
    signal: new AbortController().signal,
    advance,
    adapters: { ...real, ...exchange(real) },
  });
  const runDir = onlyRun(options.runsDir);
  const summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary;
  return { exitCode, summary, runDir, console };
}
