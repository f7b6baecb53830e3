/** k6's four kinds of metrics: https://grafana.com/docs/k6/latest/using-k6/metrics/ */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** What a metric's values are: `time` in milliseconds, `data` in bytes. */
export type ValueKind = 'default' | 'time' | 'data';

export type Tags = Readonly<Record<string, string>>;

/** One value of one metric, as a script or the engine adds it. */
export interface Sample {
  readonly metric: string;
  readonly value: number;
  /** Without those of the test and the scenario, which the engine adds. */
  readonly tags: Tags;
}

/** A metric that a script has made, `new Trend('name', true)`. */
export interface MetricDeclaration {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: ValueKind;
}
