import type { Problem } from '../../errors.ts';
import type { LoadProgress, LoadSummary } from '../engine.ts';

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
  | { readonly type: 'play'; readonly script: CompiledScript; readonly env: Readonly<Record<string, string>> }
  | { readonly type: 'stop' };

/** What the engine's process tells the orchestrator. */
export type Report =
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'started' }
  | { readonly type: 'progress'; readonly progress: LoadProgress; readonly summary: LoadSummary }
  | { readonly type: 'ended'; readonly summary: LoadSummary; readonly error?: string };

// Between the engine and the interpreter of a virtual user.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a script offers: its options as they were written, and the names of the functions it exports. */
export interface ScriptFace {
  readonly options: Readonly<Record<string, unknown>>;
  readonly functions: readonly string[];
}

export interface IterationCall {
  readonly exec: string;
  readonly vu: number;
  /** `__ITER`: counts the iterations of this virtual user from 0. */
  readonly iteration: number;
  readonly scenario: {
    readonly name: string;
    readonly executor: string;
    /** Epoch ms. */
    readonly startTime: number;
    readonly iterationInTest: number;
    readonly iterationOfVu: number;
  };
}

export interface ScriptError {
  readonly name: string;
  readonly message: string;
  /** In positions of the compiled code. */
  readonly stack: string;
}

export interface IterationReport {
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[];
  readonly error?: ScriptError;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** How many redirects are followed. */
  readonly redirects: number;
}

/** `status` 0 where no answer came; `error` and k6's `errorCode` say why. */
export interface HttpReply {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
  readonly errorCode: number;
  /** Milliseconds. */
  readonly timings: { readonly duration: number; readonly waiting: number; readonly receiving: number };
}
