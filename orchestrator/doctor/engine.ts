import { ShowrunnerError } from '../errors.ts';
import { type Check, notAsked, ok, rulesOutContainers } from './check.ts';

/** Whether a container engine answers, which one it is, and whether we may use it. */
export const engineCheck = (): Check => ({
  async look(context) {
    if (context.runtime === 'process') return notAsked;
    try {
      const { version, remoteHost, rootless } = await context.engine();
      return ok(`Docker ${version} answers${remoteHost ? ` on ${remoteHost}` : ''}${rootless ? ', rootless' : ''}`);
    } catch (error) {
      if (!(error instanceof ShowrunnerError)) throw error;
      // The finding of `api-version`.
      if (error.code === 'engine-too-old') return ok('an engine answers, and we may use it');
      return rulesOutContainers(context, error.message, error.hint ?? 'sudo systemctl start docker');
    }
  },
});
