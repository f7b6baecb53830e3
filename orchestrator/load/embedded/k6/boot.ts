import type { IterationCall, IterationReport, ScriptFace } from '../protocol.ts';
import { current, takeChecks } from './bridge.ts';

type Exports = Readonly<Record<string, unknown>>;

/** Hands the engine two functions: what the script offers, and how to play one iteration of it. */
export function boot(script: Exports): void {
  Object.assign(globalThis, {
    __face: () =>
      JSON.stringify({
        options: (script['options'] ?? {}) as ScriptFace['options'],
        functions: functionsOf(script),
      } satisfies ScriptFace),
    __iterate: (call: IterationCall) => iterate(script, call),
  });
}

function functionsOf(script: Exports): string[] {
  return Object.keys(script).filter((name) => typeof script[name] === 'function');
}

function iterate(script: Exports, call: IterationCall): string | Promise<string> {
  Object.assign(current, call);
  Object.assign(globalThis, { __ITER: call.iteration });
  try {
    const result = (script[call.exec] as () => unknown)();
    return result instanceof Promise ? result.then(() => report(), report) : report();
  } catch (error) {
    return report(error);
  }
}

function report(error?: unknown): string {
  const thrown = error === undefined ? undefined : error instanceof Error ? error : new Error(JSON.stringify(error));
  return JSON.stringify({
    checks: takeChecks(),
    ...(thrown && { error: { name: thrown.name, message: thrown.message, stack: thrown.stack ?? '' } }),
  } satisfies IterationReport);
}
