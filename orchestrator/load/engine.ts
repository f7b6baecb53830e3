import { type Problem, ProblemsError } from '../errors.ts';

/** What plays a load profile, a k6 script. Runs it in a process of its own. */
export interface LoadEngine {
  readonly name: EngineName;
  readonly capabilities: LoadCapabilities;
  /** Whether it can play here and now, and of which version it is. Starts nothing that stays; never throws. */
  probe(): Promise<Availability>;
  /**
   * Resolves when the script is loaded and its first iteration is due. Throws a ScriptRefused naming file and line of a script that cannot be
   * played, and a ShowrunnerError (`load-engine-…`, exit code `environment`) where the engine itself cannot be started. With a terminal, k6
   * has told the user itself what it refuses: the run begins all the same, and ends at once with k6's code.
   */
  start(plan: LoadPlan): Promise<LoadRun>;
}

export type EngineName = 'k6-binary' | 'k6-container' | 'embedded';

/** What an engine can do that another may not. */
interface LoadCapabilities {
  /** Tells how late iterations start. */
  readonly lateness: boolean;
  /** Latency counts from the moment that an iteration was due, not from when it was begun. */
  readonly latencyFromDue: boolean;
  /** Lets running iterations end when it is stopped gracefully. k6 interrupts them, as at Ctrl-C, and then plays `teardown`. */
  readonly finishesIterations: boolean;
}

/** A script that an engine does not play. */
export class ScriptRefused extends ProblemsError {
  /** The code that k6 exits with for it. */
  readonly k6Code: number;

  constructor(problems: readonly Problem[], k6Code: number) {
    super(problems);
    this.k6Code = k6Code;
  }
}

export type Availability =
  | { readonly available: true; readonly version: string }
  | { readonly available: false; readonly reason: string; readonly hint: string };

export interface LoadPlan {
  /** Absolute path of the k6 script. */
  readonly script: string;
  /** `__ENV` of the script. In a show always with BASE_URL, RATE (iterations per second), DURATION (`600s`) and SEED. */
  readonly env: Readonly<Record<string, string>>;
  /** The engine's own log. */
  readonly logFile: string;
  readonly signal: AbortSignal;
  /** Once a second. */
  readonly onProgress: (progress: LoadProgress) => void;
  /** What the engine says, the script's console and the end-of-test summary go to this terminal; without it, to the log. */
  readonly terminal?: { readonly quiet: boolean };
  /** Absolute path of a file for k6's `--summary-export`. */
  readonly summaryExport?: string;
  /** Absolute path of a file for the machine-readable summary of k6 2.x. k6 itself writes one of the two forms only. */
  readonly machineReadable?: string;
}

/** What happened in one second. */
export interface LoadProgress {
  /** Epoch ms of the second's end. */
  readonly at: number;
  readonly iterations: number;
  readonly requests: number;
  readonly failed: number;
  /** Iterations due for which no virtual user was free. */
  readonly dropped: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly vus: number;
}

export interface LoadRun {
  readonly pid: number | undefined;
  /** Resolves when the engine ends by itself: the script's end, or a crash (`error` set). `code` is k6's exit code. */
  readonly ended: Promise<LoadEnd>;
  /** Ends the process: at once (`hard`), or after it had 5 s to come to an end. Idempotent; a hard stop may follow a graceful one. */
  stop(how?: 'graceful' | 'hard'): Promise<LoadSummary>;
}

export interface LoadEnd {
  readonly code: number;
  readonly error?: string;
}

/** Milliseconds. */
export interface LoadSummary {
  readonly iterations: number;
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  /** From the moment that a request was due where the engine's capabilities say so: a stalled generator cannot hide a stalled shop then. */
  readonly p95Ms: number;
  /** How late iterations started, 99th percentile; undefined where the engine cannot tell. */
  readonly lateP99Ms: number | undefined;
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[];
  /** Every threshold of the script, as it stood in the end; none where the engine was not left the time to say. */
  readonly thresholds: readonly { readonly metric: string; readonly expression: string; readonly crossed: boolean }[];
}

/** Exit codes of k6 2.2: go.k6.io/k6/v2/errext/exitcodes. */
export const k6ExitCodes = {
  passed: 0,
  thresholdsCrossed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  invalidConfig: 104,
  externalAbort: 105,
  scriptException: 107,
  scriptAborted: 108,
  markedAsFailed: 110,
  /** Where k6 knows no other: a script that is not there, or has no functions. */
  unknownError: 255,
} as const;
