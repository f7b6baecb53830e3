import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import asyncify from '@jitl/quickjs-wasmfile-release-asyncify';
import {
  newQuickJSAsyncWASMModuleFromVariant,
  newVariant,
  type QuickJSAsyncContext,
  type QuickJSAsyncRuntime,
  type QuickJSAsyncVariant,
  type QuickJSHandle,
} from 'quickjs-emscripten-core';
import type { HttpRequest, IterationCall, IterationReport, LogLevel, ScriptError, ScriptFace } from './protocol.ts';
import { ScriptFailure, type HostCalls, type Vu, type VuHost, type VuHostOptions } from './vu-host.ts';

/** A script that computes longer than this without asking the engine for anything is cut off, for all virtual users share a thread. */
const longestStretchMs = 5000;

// The package's types are those of its CommonJS build, where the default export is one level deeper.
const variant = asyncify as unknown as QuickJSAsyncVariant;
// Node has it; the types of Node do not say so.
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> };

type QuickJs = Awaited<ReturnType<typeof newQuickJSAsyncWASMModuleFromVariant>>;

/**
 * Virtual users as QuickJS interpreters, compiled with Asyncify: a synchronous `http.get()` suspends its interpreter, not the thread.
 * One WebAssembly instance for each, because an instance can be suspended in one place only. Measured in docs/decisions/load-engine.md.
 */
export async function quickJsHost(options: VuHostOptions): Promise<VuHost> {
  const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-asyncify/wasm');
  const wasmModule = await WebAssembly.compile(await readFile(wasm));
  return {
    async create(id, calls) {
      const quickJs = await newQuickJSAsyncWASMModuleFromVariant(newVariant(variant, { wasmModule }));
      const vu = new QuickJsVu(id, quickJs, options.wanted);
      await vu.load(options, calls);
      return vu;
    },
  };
}

class QuickJsVu implements Vu {
  readonly id: number;
  face: ScriptFace = { options: {}, functions: [] };
  readonly #context: QuickJSAsyncContext;
  #stretchStartedAt = performance.now();

  constructor(id: number, quickJs: QuickJs, wanted: () => boolean) {
    this.id = id;
    this.#context = quickJs.newContext();
    this.#context.runtime.setInterruptHandler(
      () => performance.now() - this.#stretchStartedAt > longestStretchMs || !wanted(),
    );
  }

  async load({ script, env }: VuHostOptions, calls: HostCalls): Promise<void> {
    const host = this.#context.newAsyncifiedFunction('hostCall', (operation, payload) =>
      this.#serve(operation, payload, calls),
    );
    this.#context.setProp(this.#context.global, 'hostCall', host);
    host.dispose();
    const globals = `globalThis.__ENV = ${JSON.stringify(env)}; globalThis.__VU = ${this.id};`;
    (await this.#evaluate(globals, 'globals.js')).dispose();
    (await this.#evaluate(script.code, 'script.js')).dispose();
    this.face = JSON.parse(this.#take(await this.#evaluate('__face()', 'face.js'))) as ScriptFace;
  }

  async iterate(call: IterationCall): Promise<IterationReport> {
    try {
      const handle = await this.#evaluate(`__iterate(${JSON.stringify(call)})`, 'iterate.js');
      return JSON.parse(await this.#settle(handle)) as IterationReport;
    } catch (error) {
      if (error instanceof ScriptFailure) return { checks: [], error: error.error };
      throw error;
    }
  }

  dispose(): void {
    this.#context.dispose();
  }

  /** Answers one call from inside; what it awaits suspends this interpreter. */
  #serve(operation: QuickJSHandle, payload: QuickJSHandle, calls: HostCalls): Promise<QuickJSHandle> {
    const text = this.#context.getString(payload);
    switch (this.#context.getString(operation)) {
      case 'http':
        return this.#resume(calls.http(JSON.parse(text) as HttpRequest).then((reply) => JSON.stringify(reply)));
      case 'sleep':
        return this.#resume(calls.sleep(Number(text)).then(() => ''));
      default:
        calls.log(this.#context.getString(operation) as LogLevel, text);
        // Without a promise the interpreter is not suspended at all, which the library's type does not know.
        return this.#context.undefined as unknown as Promise<QuickJSHandle>;
    }
  }

  async #resume(answer: Promise<string>): Promise<QuickJSHandle> {
    const text = await answer;
    this.#stretchStartedAt = performance.now();
    return this.#context.newString(text);
  }

  async #evaluate(code: string, name: string): Promise<QuickJSHandle> {
    this.#stretchStartedAt = performance.now();
    const result = await this.#context.evalCodeAsync(code, name, { type: 'global' });
    if (result.error) throw new ScriptFailure(this.#errorOf(result.error));
    return result.value;
  }

  /** The text that an iteration reports, also where the script's function is async. */
  async #settle(handle: QuickJSHandle): Promise<string> {
    if (this.#context.typeof(handle) === 'string') return this.#take(handle);
    await this.#runJobs();
    const state = this.#context.getPromiseState(handle);
    handle.dispose();
    if (state.type === 'fulfilled') return this.#take(state.value);
    if (state.type === 'rejected') throw new ScriptFailure(this.#errorOf(state.error));
    throw new ScriptFailure({
      name: 'Error',
      message: 'the iteration awaits a promise that nothing will settle',
      stack: '',
    });
  }

  /**
   * Runs promise callbacks. The library's own `executePendingJobs` cannot be suspended, and neither can the function below it:
   * Emscripten waits for a suspended call only where it was wrapped as an async one.
   */
  async #runJobs(): Promise<void> {
    const runtime: QuickJSAsyncRuntime = this.#context.runtime;
    const execute = runtime['module'].cwrap('QTS_ExecutePendingJob', 'number', ['number', 'number', 'number'], {
      async: true,
    });
    const context = runtime['memory'].newMutablePointerArray(1);
    this.#stretchStartedAt = performance.now();
    const value = await execute(runtime['rt'].value, -1, context.value.ptr);
    runtime['ffi'].QTS_FreeValuePointerRuntime(runtime['rt'].value, value);
    context.dispose();
  }

  #take(handle: QuickJSHandle): string {
    const text = this.#context.getString(handle);
    handle.dispose();
    return text;
  }

  #errorOf(handle: QuickJSHandle): ScriptError {
    const dumped: unknown = this.#context.dump(handle);
    handle.dispose();
    if (typeof dumped !== 'object' || dumped === null) return { name: 'Error', message: String(dumped), stack: '' };
    const { name = 'Error', message = '', stack = '' } = dumped as Partial<ScriptError>;
    if (message !== 'interrupted') return { name, message, stack };
    return {
      name: 'Error',
      message: `the script computed for more than ${longestStretchMs / 1000} s without a pause`,
      stack,
    };
  }
}
