import type { LoadPlan } from '../engine.ts';
import { failure } from './program.ts';

/** The files that k6 writes for us, by the paths that k6 knows them by. */
export interface K6Files {
  /** A FIFO for its samples. */
  readonly samples: string;
  /** The summary: k6's `--summary-export`, or the machine-readable one where the plan asks for that. */
  readonly summary: string;
  /** The script, absolute. */
  readonly script: string;
}

/** k6 fetches no extensions behind the user's back. */
export const fetchNothing = { K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/**
 * What k6 is told beside its arguments: how to write samples, to whatever path. As CSV, which costs k6 half of what JSON does: 35 µs of CPU
 * per iteration of one request and one check, against 75 (k6 2.2.0, 2 cores).
 */
export function k6Environment({ samples }: Pick<K6Files, 'samples'>): Record<string, string> {
  return {
    K6_CSV_FILENAME: samples,
    K6_CSV_TIME_FORMAT: 'unix_milli',
    K6_CSV_SAVE_INTERVAL: '200ms',
  };
}

/** In a show the load is the show's: `K6_DURATION` and the like of the user's shell would change it, and on this engine alone. */
export function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('K6_')));
}

/**
 * The arguments of `k6 run`. The script's `__ENV` is the plan's: `-e` sets no options of k6 and no settings of its process, which variables of
 * the process would. In a show it is nothing else; at a terminal k6 adds its own environment, as it does by default.
 */
export function k6Arguments(plan: LoadPlan, { summary, script }: Omit<K6Files, 'samples'>): readonly string[] {
  if (plan.summaryExport !== undefined && plan.machineReadable !== undefined) {
    throw failure('summaries', 'k6 writes one form of the summary at a time', {
      hint: 'ask for the summary export or for the machine-readable summary, or play with `--engine embedded`, which writes both',
    });
  }
  const { terminal, env } = plan;
  return [
    'run',
    '--no-usage-report',
    ...(terminal ? [] : ['--include-system-env-vars=false', '--log-format', 'json', '--no-color']),
    ...(terminal?.quiet === false ? [] : ['--quiet']),
    ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    '--out',
    'csv',
    '--summary-export',
    summary,
    ...(plan.machineReadable === undefined ? [] : ['--new-machine-readable-summary']),
    script,
  ];
}
