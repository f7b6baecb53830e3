import type { HttpSettings } from './http/settings.ts';
import type { ThresholdOption } from './metrics/thresholds.ts';
import type { Tags } from './metrics/samples.ts';
import type { Scenario } from './scenarios.ts';

/** A script's options with k6's defaults. Durations in milliseconds. */
export interface Settings extends HttpSettings {
  readonly scenarios: readonly Scenario[];
  /** By metric or submetric, as they were written. */
  readonly thresholds: Readonly<Record<string, readonly ThresholdOption[]>>;
  readonly tags: Tags;
  readonly noSetup: boolean;
  readonly noTeardown: boolean;
  readonly setupTimeoutMs: number;
  readonly teardownTimeoutMs: number;
  readonly handleSummaryTimeoutMs: number;
  readonly minIterationDurationMs: number;
  readonly summaryTrendStats: readonly string[];
  readonly summaryTimeUnit: string;
  /** What `exec.test.options` shows. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export const defaultTrendStats = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

export const defaultSystemTags = [
  'check',
  'error',
  'error_code',
  'expected_response',
  'group',
  'method',
  'name',
  'proto',
  'scenario',
  'service',
  'status',
  'subproto',
  'tls_version',
  'url',
];
