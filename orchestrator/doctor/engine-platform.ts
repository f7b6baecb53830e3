import { ShowrunnerError } from '../errors.ts';
import { requireSuitable } from '../runtime/containers/suitable.ts';
import { checkOfEngine, ok, rulesOutContainers } from './check.ts';

/** Whether the engine runs programs of this machine's kind: those that npm has brought go into the images. */
export const enginePlatformCheck = () =>
  checkOfEngine(async (engine, context) => {
    try {
      // Its memory and its limits are looked at elsewhere.
      requireSuitable({ ...engine, memoryMb: Infinity, limits: { cpu: true, memory: true } });
      return ok(`${engine.os}-${engine.arch}, as this machine`);
    } catch (error) {
      if (!(error instanceof ShowrunnerError)) throw error;
      return rulesOutContainers(context, error.message, error.hint ?? 'play with `--runtime process`');
    }
  });
