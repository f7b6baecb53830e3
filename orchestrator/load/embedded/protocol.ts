import type { Problem } from '../../errors.ts';
import type { LoadProgress, LoadSummary } from '../engine.ts';
import type { MetricDeclaration, Sample, Tags } from './metrics/samples.ts';

/** A script and all it imports as one program, with the map back to its files. */
export interface CompiledScript {
  /** Absolute path of the script. */
  readonly file: string;
  readonly code: string;
  /** Source map v3 as JSON; `sources` are absolute paths. */
  readonly map: string;
}

/** What the orchestrator tells the engine's process. */
export type Order =
  | {
      readonly type: 'play';
      readonly script: CompiledScript;
      readonly env: Readonly<Record<string, string>>;
      /** Where the script's console and the summary go: this terminal, or the log. */
      readonly terminal?: { readonly quiet: boolean };
      readonly summaryExport?: string;
      readonly machineReadable?: string;
    }
  | { readonly type: 'stop' };

/** What the engine's process tells the orchestrator. */
export type Report =
  /** `code` is k6's exit code. */
  | { readonly type: 'refused'; readonly problems: readonly Problem[]; readonly code: number }
  /** `stopWithinMs`: how long the end may take once the process is told to stop: running iterations, teardown, handleSummary. */
  | { readonly type: 'started'; readonly stopWithinMs: number }
  | { readonly type: 'progress'; readonly progress: LoadProgress; readonly summary: LoadSummary }
  | { readonly type: 'ended'; readonly summary: LoadSummary; readonly code: number; readonly error?: string };

// Between the engine and the interpreter of a virtual user.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a script offers: its options as they were written, the names of the functions it exports, and the metrics it made while it was loaded. */
export interface ScriptFace {
  readonly options: Readonly<Record<string, unknown>>;
  readonly functions: readonly string[];
  readonly metrics: readonly MetricDeclaration[];
}

/** One call of an exported function: an iteration, `setup`, `teardown` or `handleSummary`. */
export interface FunctionCall {
  readonly exec: string;
  /** What the function is given, as JSON values: the data of `setup` for an iteration and `teardown`, the EndOfTest for `handleSummary`. */
  readonly data?: unknown;
  readonly vu: { readonly idInTest: number; readonly idInInstance: number };
  /** `__ITER`, `exec.vu.iterationInInstance`: counts the iterations of this virtual user from 0. */
  readonly iteration: number;
  /** Undefined in `setup`, `teardown` and `handleSummary`. */
  readonly scenario?: ScenarioOfCall;
}

export interface ScenarioOfCall {
  readonly name: string;
  readonly executor: string;
  /** Epoch ms. */
  readonly startTime: number;
  readonly iterationInTest: number;
  /** `exec.vu.iterationInScenario` */
  readonly iterationOfVu: number;
  /** Tags and `env` of the scenario. */
  readonly tags: Tags;
  readonly env: Readonly<Record<string, string>>;
}

export interface ScriptError {
  readonly name: string;
  readonly message: string;
  /** In positions of the compiled code. */
  readonly stack: string;
  /** It was cut off because it computed for too long. */
  readonly isOverdue?: boolean;
}

export interface CallReport {
  /** Since the last report; checks are samples of the metric `checks` with the tags `check` and `group`. */
  readonly samples: readonly Sample[];
  /** What the function returned, as JSON; undefined where it returned nothing that JSON has. */
  readonly result?: unknown;
  /** What the script had put into `exec.vu.tags` when the call ended. */
  readonly tags?: Tags;
  readonly error?: ScriptError;
}
