// `npm run bench:load`: the same script on k6 and on the embedded engine, by turns, against one local server: how well the asked rate is kept,
// what latency they see, and what a virtual user and an iteration cost. k6's binary: SHOWRUNNER_K6. About five minutes.
// Processor time and memory are those of the engine's process alone, from /proc: Linux only.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, pssBytes, stolenSeconds } from '../support/process-usage.ts';
import { binaryOf } from '../support/program.ts';
import { playEmbedded, playOnK6, type Leg, type Played, type Side } from './load/sides.ts';

const bounds = { rateError: 0.01, p95Ratio: 0.05, p95Ms: 2, iterationsRatio: 0.6, bytesPerVu: 3_000_000 };
const rates = [50, 500, 2000];
const vuCounts = [10, 50, 200] as const;
const seconds = 6;
/** Of which the latency of one round is an accident at times: the median of the rounds is compared, the worst rate error of them. */
const rateRounds = 3;
const rateSeconds = 10;
/** Compiling the script, and what a just-in-time compiler needs, are not what an iteration costs. */
const warmSeconds = 2;
const closedRounds = 5;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2));
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const row = (name: string, cells: readonly string[]): void =>
  print(name.padEnd(46) + cells.map((cell) => cell.padStart(16)).join(''));

const target = fork(new URL('load/target.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const [port] = (await once(target, 'message')) as [number];
const url = `http://127.0.0.1:${port}/items`;

async function answers(): Promise<number> {
  const answer = once(target, 'message');
  target.send('count');
  const [count] = (await answer) as [number];
  return count;
}

/** Iterations per second of the engine's processor time, once it is warm. */
async function closedLoop(side: Side): Promise<number> {
  const leg: Leg = { vus: 20, seconds: warmSeconds + seconds, pauseMs: 0 };
  const watched = Promise.withResolvers<number>();
  const ended = side(leg, url, watched.resolve);
  const pid = await watched.promise;
  const measure = async (): Promise<readonly [number, number]> => [await answers(), cpuSeconds(pid)];
  await sleep(warmSeconds * 1000);
  const before = await measure();
  await sleep((seconds - 1) * 1000);
  const after = await measure();
  await ended;
  return (after[0] - before[0]) / (after[1] - before[1]);
}

/** Memory of the engine's process in bytes while so many virtual users play. */
async function memory(side: Side, vus: number): Promise<number> {
  let bytes = 0;
  let sampling: NodeJS.Timeout | undefined;
  const sample = (pid: number) => (): void => {
    try {
      bytes = Math.max(bytes, pssBytes(pid));
    } catch {
      // It has just ended.
      clearInterval(sampling);
    }
  };
  await side({ vus, seconds, pauseMs: 100 }, url, (pid) => (sampling = setInterval(sample(pid), 200)));
  clearInterval(sampling);
  return bytes;
}

const binary = binaryOf('k6');
const sides: Readonly<Record<string, Side>> = { ...(binary && { k6: playOnK6(binary) }), embedded: playEmbedded };
/** The same for each engine, one after the other. */
async function byTurns<T>(measure: (side: Side) => Promise<T>): Promise<{ readonly k6?: T; readonly embedded: T }> {
  const measured: Record<string, T> = {};
  for (const [name, side] of Object.entries(sides)) measured[name] = await measure(side);
  return measured as { k6?: T; embedded: T };
}

const legAt = (rate: number): Leg => ({ rate, seconds: rateSeconds, warmSeconds, vus: rate >= 1000 ? 200 : 50 });

const verdicts: { readonly bound: string; readonly measured: string; readonly holds: boolean | undefined }[] = [];
const judge = (bound: string, measured: string, holds: boolean | undefined): void =>
  void verdicts.push({ bound, measured, holds });

async function atRates(): Promise<void> {
  row('', ['k6', 'embedded', 'difference']);
  for (const rate of rates) {
    const stolen = stolenSeconds();
    const rounds: { readonly k6?: Played; readonly embedded: Played }[] = [];
    for (let round = 0; round < rateRounds; round += 1)
      rounds.push(await byTurns((side) => side(legAt(rate), url, () => undefined)));
    const both = (title: string, figure: (played: Played) => number | undefined): { k6: number; embedded: number } => {
      const of = (name: 'k6' | 'embedded'): readonly number[] =>
        rounds.flatMap((round) => (round[name] && figure(round[name])) ?? []);
      const [k6, embedded] = [median(of('k6')), median(of('embedded'))];
      row(title, [ms(k6), ms(embedded), ms(embedded - k6)]);
      return { k6, embedded };
    };
    both(`${rate}/s asked: iterations a second`, ({ iterations }) => iterations / rateSeconds);
    both('  lateness p99, ms', ({ lateP99 }) => lateP99);
    both(`  latency p95 of the first ${warmSeconds} s, ms`, ({ warmingUp }) => warmingUp.p95);
    both('  then: latency p50, ms', ({ latency }) => latency.p50);
    const p95 = both('  latency p95, ms', ({ latency }) => latency.p95);
    both('  latency p99, ms', ({ latency }) => latency.p99);
    row('  seconds of a processor that the host kept', ['', '', ms(stolenSeconds() - stolen)]);
    const error = Math.max(...rounds.map(({ embedded }) => Math.abs(embedded.iterations / rateSeconds / rate - 1)));
    judge(`rate error ≤ 1 % at ${rate}/s`, `${(error * 100).toFixed(2)} %`, error <= bounds.rateError);
    const apart = Math.abs(p95.embedded - p95.k6);
    const holds = binary ? apart <= Math.max(bounds.p95Ms, p95.k6 * bounds.p95Ratio) : undefined;
    judge(`p95 within 5 % or 2 ms of k6's at ${rate}/s`, `${ms(apart)} ms apart`, holds);
  }
}

async function ofIterations(): Promise<void> {
  const stolen = stolenSeconds();
  const rounds: { readonly k6?: number; readonly embedded: number }[] = [];
  for (let round = 0; round < closedRounds; round += 1) rounds.push(await byTurns(closedLoop));
  const typical = (name: 'k6' | 'embedded'): number => median(rounds.map((round) => round[name] ?? Number.NaN));
  const ratio = typical('embedded') / typical('k6');
  row('iterations per processor second, 20 VUs', ['', '', '']);
  for (const { k6, embedded } of rounds) row('  in one round', [whole(k6 ?? Number.NaN), whole(embedded), '']);
  row('  median', [whole(typical('k6')), whole(typical('embedded')), `${ratio.toFixed(2)} ×`]);
  row('  seconds of a processor that the host kept', ['', '', ms(stolenSeconds() - stolen)]);
  judge(
    "iterations per processor second ≥ 0.6 × k6's",
    `${ratio.toFixed(2)} ×`,
    binary ? ratio >= bounds.iterationsRatio : undefined,
  );
}

async function ofMemory(): Promise<void> {
  const measured: number[] = [];
  for (const vus of vuCounts) {
    const { k6, embedded } = await byTurns((side) => memory(side, vus));
    measured.push(embedded);
    row(`memory at ${vus} VUs, MB`, [k6 === undefined ? '–' : ms(k6 / 1e6), ms(embedded / 1e6), '']);
  }
  const [few = 0, , many = 0] = measured;
  const perVu = (many - few) / (vuCounts[2] - vuCounts[0]);
  row('  for each further VU, MB', ['', ms(perVu / 1e6), '']);
  judge('memory ≤ 3 MB per VU', `${ms(perVu / 1e6)} MB`, perVu <= bounds.bytesPerVu);
}

const load = loadavg().map((value) => value.toFixed(1));
print(
  `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, load ${load.join(' ')}, Node ${process.versions.node}\n`,
);
await atRates();
await ofIterations();
await ofMemory();
print('');
row('bound', ['measured', 'holds']);
for (const { bound, measured, holds } of verdicts)
  row(bound, [measured, holds === undefined ? '–' : holds ? 'yes' : 'NO']);
if (!binary) print('\nwithout k6: SHOWRUNNER_K6 does not say where it is');
// What was not measured does not hold.
if (!verdicts.every(({ holds }) => holds)) process.exitCode = 1;
target.disconnect();
