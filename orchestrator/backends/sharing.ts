import type { Backend } from './backend.ts';

/** Answers are at most this old when they are given again. Milliseconds. */
const freshMs = 900;

/**
 * The same backend, asked less: what several expectations ask of the same window at the same time, or within a second, is asked once.
 * A question that failed is asked again.
 */
export function sharing(backend: Backend): Backend {
  const shared = new Map<string, { readonly answer: Promise<unknown>; until: number }>();

  function ask<T>(question: string, args: readonly unknown[], answer: () => Promise<T>): Promise<T> {
    const now = performance.now();
    for (const [key, { until }] of shared) if (until < now) shared.delete(key);
    const key = JSON.stringify([question, ...args]);
    const known = shared.get(key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key has the question, and with it the type
    if (known) return known.answer as Promise<T>;
    const asked = answer();
    const entry = { answer: asked, until: Infinity };
    shared.set(key, entry);
    asked.then(
      () => (entry.until = performance.now() + freshMs),
      () => shared.delete(key),
    );
    return asked;
  }

  return {
    ...backend,
    endpoints: (...args) => ask('endpoints', args, () => backend.endpoints(...args)),
    queries: (...args) => ask('queries', args, () => backend.queries(...args)),
    traces: (...args) => ask('traces', args, () => backend.traces(...args)),
    trace: (...args) => ask('trace', args, () => backend.trace(...args)),
    errors: (...args) => ask('errors', args, () => backend.errors(...args)),
    dependencies: (...args) => ask('dependencies', args, () => backend.dependencies(...args)),
    tendency: (...args) => ask('tendency', args, () => backend.tendency(...args)),
    logs: (...args) => ask('logs', args, () => backend.logs(...args)),
    metrics: (...args) => ask('metrics', args, () => backend.metrics(...args)),
  };
}
