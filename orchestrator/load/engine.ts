/** What plays a load profile, a k6 script, against the shop. Runs it in a process of its own. */
export interface LoadEngine {
  readonly name: 'embedded' | 'k6-binary' | 'k6-container';
  /** Resolves when the script is loaded and its first iteration is due; throws a ShowrunnerError naming file and line of a script that cannot be played. */
  start(plan: LoadPlan): Promise<LoadRun>;
}

export interface LoadPlan {
  /** Absolute path of the k6 script. */
  readonly script: string;
  /** `__ENV` of the script; always with BASE_URL, RATE (iterations per second), DURATION (`600s`) and SEED. */
  readonly env: Readonly<Record<string, string>>;
  /** The engine's own log. */
  readonly logFile: string;
  readonly signal: AbortSignal;
  /** Once a second. */
  readonly onProgress: (progress: LoadProgress) => void;
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
  /** Resolves when the engine ends by itself: the script's end, or a crash (`error` set). */
  readonly ended: Promise<{ readonly error?: string }>;
  /** Lets running iterations finish (at most 5 s), then ends the process. Idempotent. */
  stop(): Promise<LoadSummary>;
}

/** Latency counts from the moment a request was due, so a stalled generator cannot hide a stalled shop. Milliseconds. */
export interface LoadSummary {
  readonly iterations: number;
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  readonly p95Ms: number;
  /** How late iterations started, 99th percentile. */
  readonly lateP99Ms: number;
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[];
}
