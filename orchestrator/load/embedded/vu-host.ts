import type {
  CompiledScript,
  HttpReply,
  HttpRequest,
  IterationCall,
  IterationReport,
  LogLevel,
  ScriptError,
  ScriptFace,
} from './protocol.ts';

/** What a script may ask of the engine while it runs. A virtual user waits for each answer, and the others go on. */
export interface HostCalls {
  /** Never rejects: a failed request is a reply with status 0. */
  http(request: HttpRequest): Promise<HttpReply>;
  sleep(ms: number): Promise<void>;
  log(level: LogLevel, message: string): void;
}

/** Makes virtual users: each its own copy of the script, its own globals, no way out but HostCalls. */
export interface VuHost {
  /** Evaluates the script as virtual user `id` (0 is the one that is asked for the options); throws a ScriptFailure. */
  create(id: number, calls: HostCalls): Promise<Vu>;
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
  /** Plays one iteration; what the script throws is in the report. One at a time. */
  iterate(call: IterationCall): Promise<IterationReport>;
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
