import { checkOfEngine, ok, rulesOutContainers } from './check.ts';
import { inGb, memoryMb } from './memory.ts';

/** Whether the engine's machine, which may be a small virtual one, has the memory for a shop. */
export const engineMemoryCheck = () =>
  checkOfEngine(async (engine, context) => {
    const found = `${inGb(engine.memoryMb)} GB in all`;
    if (engine.memoryMb >= memoryMb.enough) return ok(found);
    const wanted = `${found}; a show takes about 1 GB`;
    const remedy = 'give the machine of the engine 2 GB or more, or play with `--runtime process`';
    return rulesOutContainers(context, wanted, remedy);
  });
