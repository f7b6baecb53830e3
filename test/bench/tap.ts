// `npm run bench:tap`: what the tap takes of a processor and of memory for each span that it accepts and stores, beside a real Jaeger fed with
// the same requests in the same run, and how long the statistics of all endpoints take. Jaeger's binary: SHOWRUNNER_JAEGER.
// About a minute; `--full` goes on to ten million spans. Processor time of whole processes, from /proc: Linux only.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { replayed, type Replayed } from '../support/replayed-bodies.ts';
import { shopBodies } from '../support/shop-spans.ts';
import { cpuSeconds, pssBytes } from '../support/process-usage.ts';
import { binaryOf } from '../support/program.ts';
import { startJaegerSide, type Side, startTapSide, type TapSide } from '../support/tap-sides.ts';

const { full } = parseArgs({ options: { full: { type: 'boolean', default: false } } }).values;

const target = { spansPerSecond: 100_000, statisticsMs: 100 };
/** Visits of the shop in one round; each round is sent as other traces, later. */
const visits = 10_000;
const roundMs = visits * 250;
/** Rounds of both sides by turns, of which each is measured; what they do the first times is not. */
const warmRounds = 1;
const measuredRounds = 4;
const inFlight = 4;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function sendRound(side: Side, bodies: readonly Replayed[], round: number): Promise<void> {
  const waiting = [...bodies];
  const sender = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await side.send(next.body(round, roundMs));
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
}

interface Measured {
  /** Spans per second of processor time, of all measured rounds and of each. */
  readonly rate: number;
  readonly rates: readonly number[];
  readonly bytesPerSpan: number;
}

class Measurement {
  readonly #side: Side;
  /** Spans and seconds of each round. */
  readonly #rounds: (readonly [number, number])[] = [];
  #round = 0;
  #spans = 0;
  #startBytes = 0;
  #peakBytes = 0;

  constructor(side: Side) {
    this.#side = side;
  }

  get spans(): number {
    return this.#spans;
  }

  async round(bodies: readonly Replayed[], measured: boolean): Promise<void> {
    const { pid } = this.#side;
    if (this.#round === 0) this.#startBytes = pssBytes(pid);
    const sampling = setInterval(() => this.#sample(), 100);
    const before = cpuSeconds(pid);
    await sendRound(this.#side, bodies, this.#round);
    this.#round += 1;
    const spans = bodies.reduce((sum, body) => sum + body.spans, 0);
    this.#spans += spans;
    await this.#side.stored(this.#spans);
    if (measured) this.#rounds.push([spans, cpuSeconds(pid) - before]);
    clearInterval(sampling);
    this.#sample();
  }

  result(): Measured {
    const total = (index: 0 | 1): number => this.#rounds.reduce((sum, round) => sum + round[index], 0);
    return {
      rate: total(0) / total(1),
      rates: this.#rounds.map(([spans, seconds]) => spans / seconds),
      bytesPerSpan: (this.#peakBytes - this.#startBytes) / this.#spans,
    };
  }

  #sample(): void {
    this.#peakBytes = Math.max(this.#peakBytes, pssBytes(this.#side.pid));
  }
}

function row(name: string, cells: readonly string[]): void {
  print(name.padEnd(60) + cells.map((cell) => cell.padStart(16)).join(''));
}

const none = '–';
const yes = (met: boolean | undefined): string => (met === undefined ? none : met ? 'yes' : 'NO');
const whole = (value: number | undefined): string =>
  value === undefined ? none : Math.round(value).toLocaleString('en');
const spread = (values: readonly number[] = []): string =>
  values.length === 0 ? none : `${whole(Math.min(...values))}–${whole(Math.max(...values))}`;

/** Both sides by turns, so that what else the machine does hits both. */
async function sideBySide(tap: Measurement, jaeger: Measurement | undefined): Promise<void> {
  for (let round = 0; round < warmRounds + measuredRounds; round += 1) {
    for (const side of [tap, jaeger]) await side?.round(bodies, round >= warmRounds);
  }
  const ours = tap.result();
  const theirs = jaeger?.result();
  const { spansPerSecond } = target;
  row('', ['tap', 'Jaeger', 'target', 'met']);
  row('spans/s of one core, accepted and stored', [
    whole(ours.rate),
    whole(theirs?.rate),
    `≥ ${whole(spansPerSecond)}`,
    yes(ours.rate >= spansPerSecond),
  ]);
  const ahead = theirs && ours.rate > theirs.rate;
  row('  round by round', [spread(ours.rates), spread(theirs?.rates), '> Jaeger', yes(ahead)]);
  const smaller = theirs && ours.bytesPerSpan < theirs.bytesPerSpan;
  const bytes = [whole(ours.bytesPerSpan), whole(theirs?.bytesPerSpan)];
  row(`bytes of memory per span, of ${whole(tap.spans)}`, [...bytes, '< Jaeger', yes(smaller)]);
}

async function statistics(side: TapSide, tap: Measurement, spans: number): Promise<void> {
  while (tap.spans < spans) await tap.round(bodies, true);
  const times: number[] = [];
  for (let run = 0; run < 7; run += 1) times.push(await side.ask('statisticsMs'));
  const ms = median(times);
  const goal = spans === 1_000_000 ? [`≤ ${target.statisticsMs}`, yes(ms <= target.statisticsMs)] : [none, none];
  row(`ms for the statistics of all endpoints, of ${whole(tap.spans)}`, [whole(ms), none, ...goal]);
  row('  bytes of memory per span, of as many', [whole(tap.result().bytesPerSpan), none, none, none]);
  row('  bytes of the disk per span, of as many', [whole(side.storedBytes() / tap.spans), none, none, none]);
}

const bodies = (await shopBodies(visits)).map(replayed);
const spansOfRound = bodies.reduce((sum, body) => sum + body.spans, 0);
const bytesOfRound = bodies.reduce((sum, body) => sum + body.body(0, roundMs).length, 0);
print(`${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
print(
  `a round is ${bodies.length} requests of the OpenTelemetry SDK with ${whole(spansOfRound)} spans, ${whole(bytesOfRound / spansOfRound)} bytes each\n`,
);

const binary = binaryOf('jaeger');
const sizes = full ? [1_000_000, 10_000_000] : [1_000_000];
const tapSide = await startTapSide(Math.max(...sizes) * 1.2);
const jaegerSide =
  binary === undefined ? undefined : await startJaegerSide(binary, visits * (warmRounds + measuredRounds + 1));
const measurement = new Measurement(tapSide);
await sideBySide(measurement, jaegerSide && new Measurement(jaegerSide));
// Otherwise it would be ahead by forgetting.
if (jaegerSide && !(await jaegerSide.has(bodies[0]?.traceId(0) ?? '')))
  throw new Error('Jaeger has not kept its first trace');
await jaegerSide?.stop();
for (const size of sizes) await statistics(tapSide, measurement, size);
if (!jaegerSide) print('\nwithout Jaeger: SHOWRUNNER_JAEGER does not say where it is');
await tapSide.stop();
