import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Host } from '../host.ts';

/** `$XDG_CACHE_HOME/showrunner`; a relative value is ignored: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cacheDir(env: Host['env']): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'showrunner');
}

/** Where a user may put programs that we start: `<name>-<version>/<name>`. */
export const toolsDir = (env: Host['env']): string => join(cacheDir(env), 'tools');
