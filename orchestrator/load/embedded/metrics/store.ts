import { builtinMetrics } from './builtin.ts';
import type { MetricDeclaration, Sample, Tags } from './samples.ts';
import { sinkOf, type Sink } from './sinks.ts';
import { holds, parseMetricName, type ThresholdOption } from './thresholds.ts';

/** A metric, or a part of one whose samples have certain tags (`http_req_duration{status:200}`). */
export interface Metric extends MetricDeclaration {
  readonly sink: Sink;
  readonly thresholds: readonly ThresholdOption[];
  /** By their source, as they stood at the last evaluation. */
  readonly crossed: Set<string>;
  /** It has samples, or a threshold names it: it is in the summary. */
  observed: boolean;
}

interface Family extends Metric {
  readonly parts: (Metric & { readonly tags: Tags })[];
}

export interface StoreOptions {
  readonly metrics: readonly MetricDeclaration[];
  readonly thresholds: Readonly<Record<string, readonly ThresholdOption[]>>;
  /** Names of the tags that the engine itself puts on samples. */
  readonly systemTags: readonly string[];
}

/** All metrics of a test: its samples go in, thresholds and the summary read it. */
export class MetricStore {
  readonly #families = new Map<string, Family>();

  constructor({ metrics, thresholds, systemTags }: StoreOptions) {
    for (const declaration of builtinMetrics) this.declare(declaration, thresholds[declaration.name]);
    for (const declaration of metrics) this.declare(declaration, thresholds[declaration.name]);
    for (const [name, list] of Object.entries(thresholds)) this.#divide(name, list);
    if (systemTags.includes('expected_response')) this.#divide('http_req_duration{expected_response:true}', [], false);
  }

  /** Makes a metric if there is none of that name. */
  declare(declaration: MetricDeclaration, thresholds: readonly ThresholdOption[] = []): void {
    if (this.#families.has(declaration.name)) return;
    this.#families.set(declaration.name, { ...newMetric(declaration, thresholds), parts: [] });
  }

  /** `base` are tags that the sample has where its own do not say otherwise. */
  add({ metric, value, tags }: Sample, base: Tags): void {
    const family = this.#families.get(metric);
    if (!family) return;
    family.observed = true;
    family.sink.add(value);
    for (const part of family.parts) {
      if (!hasAll(part.tags, tags, base)) continue;
      part.observed = true;
      part.sink.add(value);
    }
  }

  /** Metrics with samples or thresholds, and their parts. */
  *observed(): Generator<Metric> {
    for (const metric of this.#all()) if (metric.observed) yield metric;
  }

  /**
   * Looks at all thresholds; while the test runs (`final` false) those of metrics without samples are left out.
   * Gives the metrics that crossed one, in order of their names, and whether one of them is to end the test.
   */
  evaluate(durationMs: number, final: boolean): { readonly crossed: readonly string[]; readonly abort: boolean } {
    let abort = false;
    const crossed: string[] = [];
    for (const metric of this.#all()) {
      if (metric.thresholds.length === 0 || (!final && metric.sink.isEmpty)) continue;
      metric.crossed.clear();
      for (const threshold of metric.thresholds) {
        if (holds(threshold, metric.sink, durationMs)) continue;
        metric.crossed.add(threshold.source);
        abort ||= threshold.abortOnFail && (threshold.delayAbortEvalMs ?? -1) < durationMs;
      }
      if (metric.crossed.size > 0) crossed.push(metric.name);
    }
    return { crossed: crossed.toSorted(), abort };
  }

  *#all(): Generator<Metric> {
    for (const family of this.#families.values()) {
      yield family;
      yield* family.parts;
    }
  }

  /** Makes the part of a metric that a threshold is about; the metric itself is shown then, too. */
  #divide(name: string, thresholds: readonly ThresholdOption[], observed = true): void {
    const { metric, tags } = parseMetricName(name);
    const family = this.#families.get(metric ?? '');
    if (!family) return;
    family.observed ||= observed;
    if (!tags || family.parts.some((part) => part.name === name)) return;
    const { type, contains } = family;
    family.parts.push({ ...newMetric({ name, type, contains }, thresholds), tags, observed });
  }
}

function newMetric(declaration: MetricDeclaration, thresholds: readonly ThresholdOption[]): Metric {
  return { ...declaration, sink: sinkOf(declaration.type), thresholds, crossed: new Set(), observed: false };
}

function hasAll(wanted: Tags, tags: Tags, base: Tags): boolean {
  for (const name in wanted) if ((tags[name] ?? base[name]) !== wanted[name]) return false;
  return true;
}
