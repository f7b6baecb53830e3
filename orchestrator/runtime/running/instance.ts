/** One running part of a shop: a child process or a container, whatever the runtime makes of it. */
export interface Instance {
  /** Also the name of its log: `logs/<name>.log`. */
  readonly name: string;
  /** How it ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  readonly running: boolean;
  /** Whether somebody asked it to end. */
  readonly stopping: boolean;
  readonly logFile: string;
  logTail(): Promise<readonly string[]>;
  /** Asks it to end and kills it after `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Freezes it, and lets it go on: its connections stay open, and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** What the system that runs it says of it now. */
  look(): Promise<InstanceState>;
  /** Gives it so many cores at most; without a number as many as it started with. Only where the runtime can do `limits`. */
  limitCpu?(cores?: number): Promise<void>;
}

export interface InstanceState {
  readonly state: 'running' | 'paused' | 'down';
  /** The same in the system's own words, for a proof: `process 4711 is in state T`. */
  readonly words: string;
  /** Where CPU can be limited: what the kernel has counted since the instance started. */
  readonly cpu?: CpuState;
}

/** https://docs.kernel.org/scheduler/sched-bwc.html#statistics */
export interface CpuState {
  readonly limitCores: number;
  /** Seconds of CPU used so far, as read at this moment of the system's clock in ms. */
  readonly usedSeconds: number;
  readonly readAt: number;
  /** Periods of enforcement so far, those of them in which it was held back, and for how long in all. */
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledMs: number;
}
