import type { Host } from '../host.ts';
import type { EngineName } from '../load/engine.ts';

/** Variables of k6 that change nothing of what is played or shown. */
const harmless = /^K6_(CLOUD_|BROWSER_|AUTO_EXTENSION|BUILD_SERVICE|NO_USAGE_REPORT$|NO_COLOR$|ADDRESS$)/;

/** Where k6 writes its samples and its summary, which is ours to say. */
const ours = /^K6_(OUT$|SUMMARY_EXPORT$|CSV_)/;

/** The proxies of the environment, which the embedded engine does not use and k6 does, by their names. */
export function ignoredProxies(env: Host['env'], engine: EngineName): readonly string[] {
  if (engine !== 'embedded') return [];
  return Object.keys(env)
    .filter((name) => /^https?_proxy$/i.test(name) && env[name] !== '')
    .toSorted();
}

/** The options of k6 in the environment (`K6_VUS`) that an engine would ignore, by their names. */
export function ignoredOptions(env: Host['env'], engine: EngineName): readonly string[] {
  const ignores = (name: string): boolean => (engine === 'k6-binary' ? ours.test(name) : !harmless.test(name));
  return Object.keys(env)
    .filter((name) => name.startsWith('K6_') && ignores(name))
    .toSorted();
}
