// `npm run bench:start`: how long a command takes to its first act, on a machine that never ran it and on one that did, and what
// memory a whole show takes, by process. Exits with 1 when a budget is exceeded. Run it on a quiet machine.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { showFolder } from '../support/show-folder.ts';
import { start, temporaryFolder } from '../support/showrunner.ts';

const warmRuns = 5;
const budget = { coldMs: 10_000, warmMs: 6_000, peakPssMb: 1_000 };

const XDG_CACHE_HOME = temporaryFolder('cache');
const short = showFolder(
  'short',
  '  - act: calm\n    for: 12s\n    expect:\n      - quiet: { services: [storefront] }\n',
);

async function check(show: string): Promise<Summary> {
  const runsDir = temporaryFolder('runs');
  const { stderr } = await start(['check', show, '--runs-dir', runsDir], { XDG_CACHE_HOME }).finished;
  const [run] = readdirSync(runsDir);
  if (run === undefined) throw new Error(`the show did not run: ${stderr}`);
  return JSON.parse(readFileSync(join(runsDir, run, 'summary.json'), 'utf8')) as Summary;
}

async function readyMs(): Promise<number> {
  const ready = (await check(short)).readyMs;
  if (ready === null) throw new Error('the shop did not get ready');
  return ready;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
const cold = await readyMs();
print(`first run ready after ${cold} ms (budget ${budget.coldMs})`);
const warm: number[] = [];
for (let run = 0; run < warmRuns; run += 1) warm.push(await readyMs());
const median = warm.toSorted((a, b) => a - b)[Math.floor(warmRuns / 2)] ?? NaN;
print(`later runs ready after ${warm.join(', ')} ms, median ${median} (budget ${budget.warmMs})`);
const { footprint } = await check('three-minutes');
print(
  `three-minutes peak PSS ${footprint.peakPssMb.toFixed(0)} MB (budget ${budget.peakPssMb}); each process at its own peak:`,
);
for (const { name, peakPssMb } of footprint.processes.toSorted((a, b) => b.peakPssMb - a.peakPssMb)) {
  print(`  ${name.padEnd(14)} ${peakPssMb.toFixed(0).padStart(5)} MB`);
}
const kept = cold <= budget.coldMs && median <= budget.warmMs && footprint.peakPssMb <= budget.peakPssMb;
if (!kept) {
  print('a budget is exceeded');
  process.exitCode = 1;
}
