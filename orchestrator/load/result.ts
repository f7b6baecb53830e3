import type { MetricType, ValueKind } from './embedded/metrics/samples.ts';

/**
 * The end of a test: what k6 gives to `handleSummary` (https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/), and
 * what every form of the summary is written from. Names are k6's own, because scripts see them.
 */
export interface EndOfTest {
  readonly root_group: ResultGroup;
  readonly options: {
    readonly summaryTrendStats: readonly string[];
    readonly summaryTimeUnit: string;
    readonly noColor: boolean;
  };
  readonly state: { readonly isStdOutTTY: boolean; readonly isStdErrTTY: boolean; readonly testRunDurationMs: number };
  /** By name; submetrics as `http_req_duration{status:200}`, only those that a threshold names. */
  readonly metrics: Readonly<Record<string, ResultMetric>>;
  readonly setup_data?: unknown;
}

export interface ResultMetric {
  readonly type: MetricType;
  readonly contains: ValueKind;
  /** counter: count, rate · gauge: value, min, max · rate: rate, passes, fails · trend: those of summaryTrendStats. */
  readonly values: Readonly<Record<string, number>>;
  /** `ok` by the threshold's expression. */
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export interface ResultGroup {
  readonly name: string;
  /** `::outer::inner`; of the root it is empty. */
  readonly path: string;
  /** MD5 of the path, hex. */
  readonly id: string;
  readonly groups: readonly ResultGroup[];
  readonly checks: readonly ResultCheck[];
}

export interface ResultCheck {
  readonly name: string;
  /** `::group::check`. */
  readonly path: string;
  readonly id: string;
  readonly passes: number;
  readonly fails: number;
}

/** All that the forms of the summary are made of: what `handleSummary` gets, and what k6 keeps to itself. */
export interface TestResult {
  readonly end: EndOfTest;
  /** Those of all groups, of one name together, in the order in which they were first made. */
  readonly checks: readonly CheckCount[];
  /** By metric, then as `p(99.9)`: what thresholds name and `summaryTrendStats` lacks. */
  readonly percentiles: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The text of the script's own file; the machine-readable form quotes it. */
  readonly script: string;
}

export interface CheckCount {
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}
