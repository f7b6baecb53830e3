import type { CallReport, CompiledScript, FunctionCall, ScriptError, ScriptFace } from './protocol.ts';

/**
 * What a script may ask of the engine, by name, each answered from a JSON value with one (undefined is `null`).
 * A promise suspends the virtual user until it settles, and the others go on; what it is rejected with, or thrown, is thrown in the script as an
 * `Error` with that name and message. The guest's side is `k6/bridge.ts`: `callHost(name, value)`, and `startHost(name, value)`, which gives
 * the script a promise instead of suspending it.
 */
export type HostOperations = Readonly<Record<string, (value: never) => unknown>>;

/** Makes virtual users: each its own copy of the script, its own globals, no way out but HostOperations. */
export interface VuHost {
  /** Evaluates the script as virtual user `id` (0 is the one that is asked for the options); throws a ScriptFailure. */
  create(id: number, operations: HostOperations): Promise<Vu>;
}

export interface VuHostOptions {
  readonly script: CompiledScript;
  readonly env: Readonly<Record<string, string>>;
  /** Asked while a script computes, when the process hears nothing else; false cuts the script off. */
  readonly wanted: () => boolean;
}

export interface Vu {
  readonly id: number;
  readonly face: ScriptFace;
  /** Calls an exported function; what the script throws is in the report. One at a time. */
  call(call: FunctionCall): Promise<CallReport>;
  /**
   * Lets the call that is running end soon: what it awaits is answered at once by an error that no script can catch, and the report has an
   * error named `Interrupted`. Nothing where none is running.
   */
  interrupt(): void;
  dispose(): void;
}

/** The script threw while it was loaded. */
export class ScriptFailure extends Error {
  readonly error: ScriptError;

  constructor(error: ScriptError) {
    super(error.message);
    this.error = error;
  }
}
