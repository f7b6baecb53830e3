import { ScriptFailure } from '../vu-host.ts';
import type { ScriptError } from '../protocol.ts';
import { newContext, pointerBytes } from './context.ts';
import { Image, type Places } from './image.ts';
import type { GuestFunction, ModuleCallbacks, QuickJs } from './wasm.ts';

/** A value inside the interpreter: a pointer, to be freed. */
type Value = number;
type Reply = string | undefined;

export interface GuestEvents {
  /** The guest's `hostCall(kind, first, second)`, `''` where it gives no second; a promise suspends the guest. Never throws nor rejects. */
  hostCall(kind: number, first: string, second: string): Reply | Promise<Reply>;
  /** Asked while the guest computes; true cuts it off by an error that no script can catch. */
  shouldInterrupt(): boolean;
}

/** JS_EVAL_TYPE_MODULE */
const asModule = 1;
const promiseStates = { pending: 0, rejected: 2 } as const;
const awaitsForever: ScriptError = {
  name: 'Error',
  message: 'the script awaits what never comes while it is loaded',
  stack: '',
};
const shortText = 4096;

/** One QuickJS context with the one function through which it reaches out. Texts and numbers in, texts out. */
export class Interpreter {
  readonly #quickJs: QuickJs;
  readonly #events: GuestEvents;
  readonly #places: Places;
  #bytes: Buffer = Buffer.alloc(0);

  /** With an image it goes on from there. */
  constructor(quickJs: QuickJs, events: GuestEvents, image?: Image) {
    this.#quickJs = quickJs;
    this.#events = events;
    quickJs.onCalls(this.#callbacks());
    if (image) {
      this.#places = image.places;
      image.writeTo(this.#memory());
      return;
    }
    this.#places = newContext(quickJs.library);
    const [name] = this.#write('hostCall');
    this.#define('hostCall', quickJs.library.QTS_NewFunction(this.#places.context, name, 3, 0, 1));
    quickJs.library.free(name);
  }

  /** All that the interpreter is, while nothing runs. */
  image(): Image {
    return new Image(this.#places, this.#memory());
  }

  /** Runs a module, and the promise callbacks that it leaves. Throws a ScriptFailure. */
  async evaluate(code: string, file: string): Promise<void> {
    const { library, evaluate } = this.#quickJs;
    const [text, length] = this.#write(code);
    const [name] = this.#write(file);
    const value = this.#checked(await evaluate(this.#places.context, text, length, name, 0, asModule));
    library.free(text);
    library.free(name);
    await this.runJobs();
    const state = library.QTS_PromiseState(this.#places.context, value);
    if (state === promiseStates.rejected) throw this.#failure(library.QTS_PromiseResult(this.#places.context, value));
    if (state === promiseStates.pending) throw new ScriptFailure(awaitsForever);
    this.#free(value);
  }

  /** The function `name` of the guest's global object `hostFunctions`; it takes numbers or texts, and gives a text or nothing. Throws a ScriptFailure. */
  hostFunction(name: string): (...args: readonly (number | string)[]) => Promise<Reply> {
    const { library, call } = this.#quickJs;
    const global = library.QTS_GetGlobalObject(this.#places.context);
    const functions = this.#member(global, 'hostFunctions');
    const found = this.#member(functions, name);
    this.#free(global);
    this.#free(functions);
    return (...args) => this.#invoke(call, found, args);
  }

  get hasJobs(): boolean {
    return this.#quickJs.library.QTS_IsJobPending(this.#places.runtime) !== 0;
  }

  /** Runs promise callbacks until there are none left. Throws a ScriptFailure only where one is cut off. */
  async runJobs(): Promise<void> {
    while (this.hasJobs) {
      const value = await this.#quickJs.executePendingJobs(this.#places.runtime, -1, this.#places.scratch);
      this.#free(this.#checked(value));
    }
  }

  #callbacks(): ModuleCallbacks {
    return {
      callFunction: (asyncify, ...[, , argc, argv]) => {
        if (!asyncify) return this.#serve(argc, argv);
        return asyncify.handleSleep((done) => void answer(this.#serve(argc, argv), done));
      },
      shouldInterrupt: () => (this.#events.shouldInterrupt() ? 1 : 0),
      freeHostRef: () => undefined,
    };
  }

  async #invoke(call: GuestFunction, found: Value, args: readonly (number | string)[]): Promise<Reply> {
    const { context, undefined: self, scratch } = this.#places;
    let argv = scratch;
    for (const arg of args) {
      const value = typeof arg === 'number' ? this.#number(arg) : this.#string(arg);
      this.#memory().writeUInt32LE(value, argv);
      argv += pointerBytes;
    }
    const given = await call(context, found, self, args.length, scratch);
    for (let used = scratch; used < argv; used += pointerBytes) this.#free(this.#memory().readUInt32LE(used));
    const result = this.#checked(given);
    const reply = this.#isUndefined(result) ? undefined : this.#text(result);
    this.#free(result);
    return reply;
  }

  /** Answers one call from inside. */
  #serve(argc: number, argv: number): Value | Promise<Value> {
    const second = argc > 2 ? this.#argument(argv, 2) : '';
    const reply = this.#events.hostCall(this.#kind(argv), this.#argument(argv, 1), second);
    return reply instanceof Promise ? reply.then((text) => this.#reply(text)) : this.#reply(reply);
  }

  #kind(argv: number): number {
    const { library } = this.#quickJs;
    return library.QTS_GetFloat64(this.#places.context, library.QTS_ArgvGetJSValueConstPointer(argv, 0));
  }

  #argument(argv: number, index: number): string {
    return this.#text(this.#quickJs.library.QTS_ArgvGetJSValueConstPointer(argv, index));
  }

  /** No pointer at all is `undefined`. */
  #reply(text: Reply): Value {
    return text === undefined ? 0 : this.#string(text);
  }

  #define(name: string, value: Value): void {
    const { library } = this.#quickJs;
    const global = library.QTS_GetGlobalObject(this.#places.context);
    const key = this.#string(name);
    library.QTS_SetProp(this.#places.context, global, key, value);
    for (const used of [global, key, value]) this.#free(used);
  }

  #member(object: Value, name: string): Value {
    const key = this.#string(name);
    const value = this.#quickJs.library.QTS_GetProp(this.#places.context, object, key);
    this.#free(key);
    return value;
  }

  /** The value itself, where it is not an exception. */
  #checked(value: Value): Value {
    const { library } = this.#quickJs;
    const error = library.QTS_ResolveException(this.#places.context, value);
    if (error === 0) return value;
    this.#free(value);
    throw this.#failure(error);
  }

  #failure(error: Value): ScriptFailure {
    const { library } = this.#quickJs;
    const dumped = library.QTS_Dump(this.#places.context, error);
    const text = this.#cString(dumped);
    library.free(dumped);
    this.#free(error);
    return new ScriptFailure(errorOf(text));
  }

  /** The eight bytes of `undefined` are the same everywhere. */
  #isUndefined(value: Value): boolean {
    const memory = this.#memory();
    const { undefined: known } = this.#places;
    return (
      memory.readUInt32LE(value) === memory.readUInt32LE(known) &&
      memory.readUInt32LE(value + 4) === memory.readUInt32LE(known + 4)
    );
  }

  #number(value: number): Value {
    return this.#quickJs.library.QTS_NewFloat64(this.#places.context, value);
  }

  /** The text must have no NUL. */
  #string(text: string): Value {
    const { library } = this.#quickJs;
    const [pointer] = this.#write(text);
    const value = library.QTS_NewString(this.#places.context, pointer);
    library.free(pointer);
    return value;
  }

  /** Copies a text with a NUL behind it; its place and its length in bytes. */
  #write(text: string): readonly [pointer: number, length: number] {
    const size = text.length < shortText ? text.length * 3 : Buffer.byteLength(text);
    const pointer = this.#quickJs.library.malloc(size + 1);
    const memory = this.#memory();
    const length = memory.write(text, pointer, size, 'utf8');
    memory[pointer + length] = 0;
    return [pointer, length];
  }

  #text(value: Value): string {
    const { library } = this.#quickJs;
    const pointer = library.QTS_GetString(this.#places.context, value);
    const text = this.#cString(pointer);
    library.QTS_FreeCString(this.#places.context, pointer);
    return text;
  }

  #cString(pointer: number): string {
    const memory = this.#memory();
    return memory.toString('utf8', pointer, memory.indexOf(0, pointer));
  }

  /** The instance's memory; another buffer after it has grown. */
  #memory(): Buffer {
    const { buffer } = this.#quickJs.memory();
    if (this.#bytes.buffer !== buffer) this.#bytes = Buffer.from(buffer);
    return this.#bytes;
  }

  #free(value: Value): void {
    this.#quickJs.library.QTS_FreeValuePointer(this.#places.context, value);
  }
}

/** At once where it can be. */
async function answer(value: Value | Promise<Value>, done: (value: Value) => void): Promise<void> {
  done(typeof value === 'number' ? value : await value);
}

function errorOf(dumped: string): ScriptError {
  try {
    const { name = 'Error', message = '', stack = '' } = JSON.parse(dumped) as Partial<ScriptError>;
    return { name, message, stack };
  } catch {
    return { name: '', message: dumped, stack: '' };
  }
}
