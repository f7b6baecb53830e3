import type { Host } from '../host.ts';

/** Variables of k6 that change nothing of what is played or shown. */
const harmless = /^K6_(CLOUD_|BROWSER_|AUTO_EXTENSION|BUILD_SERVICE|NO_USAGE_REPORT$|NO_COLOR$|ADDRESS$)/;

/** The options of k6 that are set in the environment (`K6_VUS`), by their names. */
export function optionsInEnvironment(env: Host['env']): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('K6_') && !harmless.test(name))
    .toSorted();
}
