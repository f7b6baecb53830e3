import { GroupTree } from './metrics/groups.ts';
import { LoadMeter } from './metrics/meter.ts';
import type { Sample, Tags } from './metrics/samples.ts';
import { MetricStore } from './metrics/store.ts';
import type { MetricDeclaration } from './metrics/samples.ts';
import type { LoadSummary } from '../engine.ts';
import type { EndOfTest, TestResult } from '../result.ts';
import type { Settings } from './settings.ts';

const none: Tags = {};

/** How the test went so far. */
export interface Progress {
  readonly durationMs: number;
  readonly setupData: unknown;
  readonly isStdOutTTY: boolean;
  readonly isStdErrTTY: boolean;
  readonly noColor: boolean;
}

/** Everything that a test measures. */
export class Records {
  readonly store: MetricStore;
  readonly meter = new LoadMeter();
  /** Iterations that ended by themselves, and those that were cut off. */
  readonly iterations = { completed: 0, interrupted: 0 };
  readonly #groups = new GroupTree();
  readonly #settings: Settings;

  constructor(settings: Settings, metrics: readonly MetricDeclaration[]) {
    this.#settings = settings;
    this.store = new MetricStore({ metrics, thresholds: settings.thresholds, systemTags: settings.systemTags });
  }

  /** `base` are tags that the samples have where their own do not say otherwise. */
  add(samples: readonly Sample[], base: Tags): void {
    for (const sample of samples) {
      this.store.add(sample, base);
      this.#groups.add(sample, base);
    }
  }

  count(metric: string, value: number, tags: Tags = none): void {
    this.store.add({ metric, value, tags: none }, tags);
  }

  dropped(count: number, tags: Tags): void {
    this.meter.dropped(count);
    this.count('dropped_iterations', count, tags);
  }

  get summary(): LoadSummary {
    const thresholds = [...this.store.observed()].flatMap(({ name, thresholds: list, crossed }) =>
      list.map(({ source }) => ({ metric: name, expression: source, crossed: crossed.has(source) })),
    );
    return { ...this.meter.summary(), checks: this.#groups.checks, thresholds };
  }

  /** All that the end-of-test summary is made of. `script` is the text of the script's file. */
  result(progress: Progress, script: string): TestResult {
    const { durationMs } = progress;
    const percentiles: Record<string, Record<string, number>> = {};
    for (const { name, thresholds, sink } of this.store.observed()) {
      for (const { method } of thresholds) {
        if (method.startsWith('p(')) (percentiles[name] ??= {})[method] = sink.read(method, durationMs) ?? 0;
      }
    }
    return { end: this.#end(progress), checks: this.#groups.checks, percentiles, script };
  }

  #end({ durationMs, setupData, isStdOutTTY, isStdErrTTY, noColor }: Progress): EndOfTest {
    const { summaryTrendStats, summaryTimeUnit } = this.#settings;
    const metrics = [...this.store.observed()].map((metric): readonly [string, EndOfTest['metrics'][string]] => {
      const { name, type, contains, sink, thresholds, crossed } = metric;
      const values = sink.values(durationMs, summaryTrendStats);
      const oks = thresholds.map(({ source }) => [source, { ok: !crossed.has(source) }] as const);
      return [name, { type, contains, values, ...(oks.length > 0 && { thresholds: Object.fromEntries(oks) }) }];
    });
    return {
      root_group: this.#groups.root,
      options: { summaryTrendStats, summaryTimeUnit, noColor },
      state: { isStdOutTTY, isStdErrTTY, testRunDurationMs: durationMs },
      metrics: Object.fromEntries(metrics),
      ...(setupData !== undefined && { setup_data: setupData }),
    };
  }
}
