import type { LoadProgress, LoadSummary } from '../engine.ts';
import { type K6Sample, SampleReader } from './samples.ts';
import { Counts, Seconds } from './seconds.ts';

type Tally = { passes: number; fails: number };

/** What k6 says of the load while it plays, from its stream of samples; in constant memory. */
export class Measurements {
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #reader = new SampleReader(
    ['http_reqs', 'http_req_duration', 'http_req_failed', 'iterations', 'dropped_iterations', 'vus', 'checks'],
    (sample) => this.#count(sample),
  );
  readonly #total = new Counts();
  readonly #checks = new Map<string, Tally>();
  readonly #playing = Promise.withResolvers<void>();
  /** Made with the first sample, for what `setup` asks for counts as well. */
  #seconds: Seconds | undefined;
  #isPlaying = false;

  constructor(onProgress: (progress: LoadProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** Resolves when the first iterations are under way. */
  get playing(): Promise<void> {
    return this.#playing.promise;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** No more will come: tells the last second. */
  end(): void {
    this.#seconds?.end(Date.now());
  }

  summary(thresholds: LoadSummary['thresholds']): LoadSummary {
    const { iterations, requests, failed, dropped } = this.#total;
    return {
      iterations,
      requests,
      failed,
      dropped,
      p95Ms: this.#total.percentile(95),
      lateP99Ms: undefined,
      checks: [...this.#checks].map(([name, tally]) => ({ name, ...tally })),
      thresholds,
    };
  }

  #count(sample: K6Sample): void {
    if (!this.#isPlaying) this.#look(sample);
    const seconds = (this.#seconds ??= new Seconds(sample.at, this.#onProgress));
    if (sample.metric === 'vus') seconds.vus(sample.value);
    for (const counts of [seconds.at(sample.at), this.#total]) countIn(counts, sample);
    if (sample.metric === 'checks') this.#check(sample);
  }

  /** Samples of a scenario come from iterations; so do virtual users that are at work, and an iteration that none of them was free for. */
  #look({ metric, value, tag }: K6Sample): void {
    const isOfIteration = metric === 'vus' ? value > 0 : metric.endsWith('iterations') || tag('scenario') !== '';
    if (!isOfIteration) return;
    this.#isPlaying = true;
    this.#playing.resolve();
  }

  #check({ value, tag }: K6Sample): void {
    const name = tag('check');
    const tally = this.#checks.get(name) ?? { passes: 0, fails: 0 };
    if (value === 0) tally.fails += 1;
    else tally.passes += 1;
    this.#checks.set(name, tally);
  }
}

function countIn(counts: Counts, { metric, value }: K6Sample): void {
  if (metric === 'http_reqs') counts.requests += value;
  if (metric === 'http_req_duration') counts.latency(value);
  if (metric === 'http_req_failed') counts.failed += value;
  if (metric === 'iterations') counts.iterations += value;
  if (metric === 'dropped_iterations') counts.dropped += value;
}
