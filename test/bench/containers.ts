// `npm run bench:containers`: how long the images of the shop take to make, cold and again, how long a command takes to its first act on
// containers, beside processes, and what memory a whole show takes. Needs an engine whose images of Showrunner may be removed; on a quiet machine.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { docker } from '../support/engine.ts';
import { showFolder } from '../support/show-folder.ts';
import { root, start, temporaryFolder } from '../support/showrunner.ts';

const runs = 5;
const budget = { buildMs: 60_000, againMs: 3_000, readyMs: 20_000, peakMb: 1_100 };

const short = showFolder(
  'short',
  '  - act: calm\n    for: 12s\n    expect:\n      - quiet: { services: [storefront] }\n',
);

async function check(show: string, runtime: string): Promise<Summary> {
  const runsDir = temporaryFolder('runs');
  const { stderr } = await start(['check', show, '--runtime', runtime, '--runs-dir', runsDir]).finished;
  const [run] = readdirSync(runsDir);
  if (run === undefined) throw new Error(`the show did not run: ${stderr}`);
  return JSON.parse(readFileSync(join(runsDir, run, 'summary.json'), 'utf8')) as Summary;
}

async function readyMs(runtime: string): Promise<number> {
  const ready = (await check(short, runtime)).readyMs;
  if (ready === null) throw new Error('the shop did not get ready');
  return ready;
}

function buildMs(): number {
  const from = performance.now();
  execFileSync(process.execPath, [join(root, 'orchestrator/bin.mjs'), 'images', 'build', '--json'], {
    stdio: 'ignore',
  });
  return Math.round(performance.now() - from);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const images = docker('images', '--quiet', '--filter', 'label=showrunner.image').split('\n').filter(Boolean);
if (images.length > 0) docker('rmi', '--force', ...new Set(images));

print(
  `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, engine ${docker('version', '--format', '{{.Server.Version}}')}`,
);
print(`images build: ${buildMs()} ms (budget ${budget.buildMs}), again ${buildMs()} ms (budget ${budget.againMs})`);
for (const runtime of ['process', 'containers']) {
  // The first makes what later ones reuse.
  await readyMs(runtime);
  const ready: number[] = [];
  for (let run = 0; run < runs; run += 1) ready.push(await readyMs(runtime));
  print(`${runtime}: ready after ${ready.join(', ')} ms, median ${median(ready)}`);
}
print(`(budget of containers: ${budget.readyMs} ms)`);
const { footprint } = await check('four-faults', 'containers');
print(
  `four-faults on containers: peak ${footprint.peakPssMb.toFixed(0)} MB (budget ${budget.peakMb}); each part at its own peak:`,
);
for (const { name, peakPssMb } of footprint.processes.toSorted((a, b) => b.peakPssMb - a.peakPssMb)) {
  print(`  ${name.padEnd(14)} ${peakPssMb.toFixed(0).padStart(5)} MB`);
}
