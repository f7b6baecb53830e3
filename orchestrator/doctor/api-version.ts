import { ShowrunnerError } from '../errors.ts';
import { oldestApi } from '../runtime/containers/engine.ts';
import { type Check, noEngine, notAsked, ok, rulesOutContainers } from './check.ts';

/** Whether the engine is new enough. */
export const apiVersionCheck = (): Check => ({
  async look(context) {
    if (context.runtime === 'process') return notAsked;
    try {
      const { apiVersion } = await context.engine();
      return ok(`${apiVersion}; ${oldestApi} or newer is needed`);
    } catch (error) {
      if (!(error instanceof ShowrunnerError) || error.code !== 'engine-too-old') return noEngine;
      return rulesOutContainers(context, error.message, error.hint ?? 'sudo apt-get install docker.io');
    }
  },
});
