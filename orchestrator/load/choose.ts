import type { LoadEngine } from './engine.ts';
import { loadEngines } from './index.ts';
import { createK6Binary } from './k6/binary.ts';
import { failure, findK6, type WhereIsK6 } from './k6/program.ts';

export interface ChosenEngine {
  readonly engine: LoadEngine;
  /** Why, for the user, where it was left to us. */
  readonly why?: string;
}

/**
 * The load engine of that name. `auto`: k6 of this machine, else its image on a container engine that has it already, else the embedded
 * engine, which always plays. Throws a ShowrunnerError (exit code 3) where the user has named a k6 that cannot be used: another engine would
 * play something else than what was asked for.
 */
export async function chooseEngine(name: string, where: WhereIsK6): Promise<ChosenEngine> {
  const engines: Readonly<Record<string, LoadEngine>> = { ...loadEngines, 'k6-binary': createK6Binary(where) };
  if (name !== 'auto') {
    const engine = engines[name];
    if (!engine) throw new Error(`no load engine is called ${name}`);
    // Now, and not when a shop has been started for it.
    const found = await engine.probe();
    if (!found.available)
      throw failure('missing', `the load engine ${name} cannot play: ${found.reason}`, { hint: found.hint });
    return { engine };
  }
  if (where.k6) await findK6(where);
  const reasons: string[] = [];
  for (const engine of Object.values(engines)) {
    const found = await engine.probe();
    if (!found.available) {
      reasons.push(found.reason);
      continue;
    }
    const there = engine.name === 'embedded' ? [] : [`k6 ${found.version} is there`];
    return { engine, why: `load engine ${engine.name}: ${[...there, ...reasons].join('; ')}` };
  }
  throw new Error('the embedded engine does not say that it is available');
}
