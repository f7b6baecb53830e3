import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import asyncifyVariant from '@jitl/quickjs-wasmfile-release-asyncify';
import syncVariant from '@jitl/quickjs-wasmfile-release-sync';

/** One instance of QuickJS. */
export interface QuickJs {
  readonly library: QuickJsLibrary;
  /** Its memory; another array after it has grown. */
  memory(): Uint8Array;
  onCalls(callbacks: ModuleCallbacks): void;
  /** The functions below which the guest may be suspended; each resolves with a pointer to a value. */
  readonly evaluate: GuestFunction;
  readonly call: GuestFunction;
  readonly executePendingJobs: GuestFunction;
}

export type GuestFunction = (...args: number[]) => Promise<number>;

/** How the WebAssembly below a synchronous call of a script is suspended. */
export type Suspension = 'jspi' | 'asyncify';

/**
 * The functions of quickjs-emscripten's C interface that are used here: https://github.com/justjake/quickjs-emscripten/blob/main/c/interface.c
 * Everything is a pointer or a number. What they give is owned by the caller, what they are given stays so.
 */
export interface QuickJsLibrary {
  malloc(bytes: number): number;
  free(pointer: number): void;
  QTS_NewRuntime(): number;
  QTS_RuntimeSetMemoryLimit(runtime: number, bytes: number): void;
  QTS_RuntimeSetMaxStackSize(runtime: number, bytes: number): void;
  QTS_RuntimeEnableInterruptHandler(runtime: number): void;
  QTS_NewContext(runtime: number, intrinsics: number): number;
  QTS_GetUndefined(): number;
  QTS_GetGlobalObject(context: number): number;
  QTS_GetProp(context: number, object: number, name: number): number;
  QTS_SetProp(context: number, object: number, name: number, value: number): void;
  QTS_NewFloat64(context: number, value: number): number;
  QTS_NewString(context: number, text: number): number;
  QTS_NewFunction(context: number, name: number, length: number, isConstructor: number, id: number): number;
  QTS_GetString(context: number, value: number): number;
  QTS_FreeCString(context: number, text: number): void;
  QTS_GetFloat64(context: number, value: number): number;
  QTS_Dump(context: number, value: number): number;
  QTS_ResolveException(context: number, value: number): number;
  QTS_FreeValuePointer(context: number, value: number): void;
  /** 0 pending, 1 fulfilled, 2 rejected, -1 no promise */
  QTS_PromiseState(context: number, value: number): number;
  QTS_PromiseResult(context: number, promise: number): number;
  QTS_IsJobPending(runtime: number): number;
  QTS_ArgvGetJSValueConstPointer(argv: number, index: number): number;
}

interface QuickJsModule {
  callbacks: ModuleCallbacks;
  readonly HEAPU8: Uint8Array;
  cwrap(name: string, gives: 'number', takes: readonly 'number'[], options: { async: true }): GuestFunction;
}

/** What QuickJS calls; with Asyncify, `asyncify` suspends. Pointers are numbers. */
export interface ModuleCallbacks {
  /** Of a context and `this`: how many arguments, where they are, and which function. */
  callFunction(
    asyncify: { handleSleep(start: (done: (pointer: number) => void) => void): number } | undefined,
    ...call: readonly [context: number, self: number, argc: number, argv: number, id: number]
  ): number | Promise<number>;
  shouldInterrupt(asyncify: undefined, runtime: number): 0 | 1;
  freeHostRef(asyncify: undefined, runtime: number, id: number): void;
}

// Node has all of it; the types of Node do not say so.
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => object;
  readonly Instance: new (module: object, imports: WasmImports) => { readonly exports: object };
  /** JavaScript Promise Integration: https://github.com/WebAssembly/js-promise-integration */
  readonly Suspending?: new (wrapped: (...args: never[]) => unknown) => (...args: never[]) => unknown;
  readonly promising?: (exported: unknown) => GuestFunction;
}
interface Variant {
  importModuleLoader(): Promise<(options: ModuleOptions) => Promise<QuickJsModule>>;
}
interface ModuleOptions {
  readonly wasmMemory?: object;
  instantiateWasm(imports: WasmImports, onInstance: (instance: object) => void): object;
}
declare const WebAssembly: Wasm;

type WasmImports = Record<string, Record<string, unknown>>;

/** The better of the two that this process can do: `node --experimental-wasm-jspi`, or the build with Asyncify, which is several times slower. */
export const suspension: Suspension = WebAssembly.Suspending && WebAssembly.promising ? 'jspi' : 'asyncify';

/** Makes an instance with as much memory, in bytes, or as little as QuickJS begins with. */
export type Instantiate = (bytes?: number) => Promise<QuickJs>;

const pageBytes = 65_536;
/** Of the build: 2 GB. */
const maximum = 32_768;

/** Compiles QuickJS once. */
export async function compileQuickJs(): Promise<Instantiate> {
  const name = suspension === 'jspi' ? 'sync' : 'asyncify';
  // The packages' types are those of their CommonJS builds, where the default export is one level deeper.
  const variant = (suspension === 'jspi' ? syncVariant : asyncifyVariant) as unknown as Variant;
  const file = createRequire(import.meta.url).resolve(`@jitl/quickjs-wasmfile-release-${name}/wasm`);
  const wasm = await WebAssembly.compile(await readFile(file));
  const load = await variant.importModuleLoader();
  return async (bytes) => {
    const module = await load({
      ...(bytes !== undefined && { wasmMemory: new WebAssembly.Memory({ initial: bytes / pageBytes, maximum }) }),
      instantiateWasm(imports, onInstance) {
        const instance = new WebAssembly.Instance(wasm, suspension === 'jspi' ? suspending(imports) : imports);
        onInstance(instance);
        return instance.exports;
      },
    });
    return {
      library: libraryOf(module),
      memory: () => module.HEAPU8,
      onCalls(callbacks) {
        module.callbacks = callbacks;
      },
      ...guestFunctions(module),
    };
  };
}

/** The module has its functions by their names in C with an underscore before them. */
function libraryOf(module: QuickJsModule): QuickJsLibrary {
  const functions = Object.entries(module).filter(([name]) => name.startsWith('_'));
  return Object.fromEntries(functions.map(([name, value]) => [name.slice(1), value])) as unknown as QuickJsLibrary;
}

const isHostCall = (value: unknown): value is (...args: never[]) => unknown =>
  typeof value === 'function' && String(value).includes('.callFunction(');

/** Lets a promise that the engine answers a script with suspend the WebAssembly above it. The build has one import for all host functions. */
function suspending(imports: WasmImports): WasmImports {
  const all = Object.entries(imports).map(([space, names]) => {
    const wrapped = Object.entries(names).map(([name, value]) => [name, suspendable(value)]);
    return [space, Object.fromEntries(wrapped)];
  });
  return Object.fromEntries(all) as WasmImports;
}

const suspendable = (value: unknown): unknown =>
  isHostCall(value) && WebAssembly.Suspending ? new WebAssembly.Suspending(value) : value;

function guestFunctions(module: QuickJsModule): Pick<QuickJs, 'evaluate' | 'call' | 'executePendingJobs'> {
  const guestFunction = (name: string, count: number): GuestFunction => {
    if (suspension === 'jspi' && WebAssembly.promising)
      return WebAssembly.promising((module as unknown as Record<string, unknown>)[`_${name}`]);
    // Emscripten waits for a suspended call only where it was wrapped as an async one.
    const args = Array.from({ length: count }, () => 'number' as const);
    return module.cwrap(name, 'number', args, { async: true });
  };
  return {
    evaluate: guestFunction('QTS_Eval', 6),
    call: guestFunction('QTS_Call', 5),
    executePendingJobs: guestFunction('QTS_ExecutePendingJob', 3),
  };
}
