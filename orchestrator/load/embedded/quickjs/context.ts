import type { Places } from './image.ts';
import { suspension, type QuickJsLibrary } from './wasm.ts';

export const pointerBytes = 4;
/** Of a guest function that the engine calls. */
const mostArguments = 3;

/** Of one virtual user; more is an error in the script. */
const memoryLimit = 512 * 1024 * 1024;

/**
 * How much of its own stack QuickJS uses before a recursion is an error in the script: far less than V8 gives it below, where running out would
 * break the interpreter. The engine's process has larger ones (child-options.ts).
 */
const stackBytes = { jspi: 512 * 1024, asyncify: 64 * 1024 } as const;

/** Makes a QuickJS runtime with its limits, and a context in it. */
export function newContext(library: QuickJsLibrary): Places {
  const runtime = library.QTS_NewRuntime();
  library.QTS_RuntimeSetMemoryLimit(runtime, memoryLimit);
  library.QTS_RuntimeSetMaxStackSize(runtime, stackBytes[suspension]);
  library.QTS_RuntimeEnableInterruptHandler(runtime);
  return {
    runtime,
    context: library.QTS_NewContext(runtime, 0),
    undefined: library.QTS_GetUndefined(),
    scratch: library.malloc(mostArguments * pointerBytes),
  };
}
