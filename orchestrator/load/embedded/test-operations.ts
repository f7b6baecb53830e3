import type { Log } from './engine-log.ts';
import type { LogLevel, ScriptError } from './protocol.ts';
import { later } from './timing.ts';
import type { HostOperations } from './vu-host.ts';

/** What `exec.instance` shows. */
export interface TestState {
  readonly currentTestRunDuration: number;
  readonly iterationsCompleted: number;
  readonly iterationsInterrupted: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
}

/** A line for the engine's log; `source` is `console` where the script itself wrote it. */
interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly source?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What scripts may know of their test, and do to it. */
export interface TestDoor {
  state(): TestState;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of 0 to 1. */
  progressOf(scenario: string): number;
  /** Ends the test; `message` is the whole reason. */
  abort(message: string): void;
  /** Lets the test fail, and go on. */
  fail(message: string): void;
  /** Ends the test because of what this engine does not play, also where the script catches the error. */
  refuse(error: ScriptError): void;
  readonly log: Log;
}

/** The operations of `k6/execution`, timers and the console. `interrupt` cuts off the virtual user that asks. */
export function testOperations(door: TestDoor, interrupt: () => void): HostOperations {
  return {
    'test.state': () => door.state(),
    'test.options': () => door.options,
    'test.progress': (scenario: string) => door.progressOf(scenario),
    'test.fail': (message: string) => door.fail(message),
    'test.refuse': (error: ScriptError) => door.refuse(error),
    'test.abort': (message: string) => {
      door.abort(message);
      // Once the script waits for the answer, which never comes.
      setImmediate(interrupt);
      return new Promise(() => undefined);
    },
    'timers.wait': (ms: number) => new Promise<void>((resolve) => void later(ms, resolve)),
    log: (line: LogLine) => write(line, door.log),
  };
}

/** What the init context allows: neither waiting nor asking about a test that does not exist yet. */
export function initOperations(
  options: Readonly<Record<string, unknown>>,
  { log, refuse }: Pick<TestDoor, 'log' | 'refuse'>,
): HostOperations {
  return {
    'test.refuse': refuse,
    'test.state': notYet('asking about the test'),
    'test.progress': notYet('asking about the test'),
    'test.fail': notYet('failing the test'),
    'timers.wait': notYet('waiting'),
    'test.options': () => options,
    'test.abort': (message: string): never => {
      const error = new Error(message);
      error.name = testAborted;
      throw error;
    },
    log: (line: LogLine) => write(line, log),
  };
}

const notYet = (what: string) => (): never => {
  throw new Error(`${what} is not possible in the init context`);
};

function write({ level, message, source, fields }: LogLine, log: Log): void {
  log(level, message, { ...fields, ...(source !== undefined && { source }) });
}

/** Name of the error of a script that aborted its test while it was loaded. */
export const testAborted = 'TestAborted';
