import { type Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import { backends } from '../backends/index.ts';
import { loadEngines } from '../load/index.ts';
import { runtimes } from '../runtime/index.ts';
import { type Language, languages } from '../show/show.ts';

/** What every command that plays a show understands; each flag is also an environment variable. */
export interface PlayOptions {
  readonly runtime: string;
  readonly engine: string;
  readonly backend?: readonly string[];
  readonly lang: Language;
  readonly load?: string;
  readonly rate?: string;
  readonly runsDir: string;
  readonly keep: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Adds the flags of PlayOptions to a command. */
export function withPlayOptions(command: Command, host: Host): Command {
  return command
    .addOption(
      flag('--runtime <name>', 'where the shop runs')
        .choices(['auto', ...Object.keys(runtimes)])
        .default('auto'),
    )
    .addOption(
      flag('--engine <name>', 'what plays the load')
        .choices(['auto', ...Object.keys(loadEngines)])
        .default('auto'),
    )
    .addOption(flag('--backend <name>', 'the APM backend to ask; may be repeated').argParser(collect))
    .addOption(languageOption(host))
    .addOption(flag('--load <profile>', 'a load profile, or the path of a k6 script'))
    .addOption(flag('--rate <rate>', 'visits per second, e.g. 20/s'))
    .addOption(runsDirOption(host))
    .addOption(flag('--keep', 'keep the shop and its load up after the show, until Ctrl-C').default(false))
    .addOption(jsonOption())
    .addOption(flag('--quiet', 'print the verdicts only').default(false));
}

export const jsonOption = () =>
  flag('--json', 'print machine-readable JSON on stdout, and nothing else').default(false);

const runsDirOption = (host: Host) =>
  flag('--runs-dir <dir>', 'where journals, logs and reports go')
    .default(resolve(host.cwd, 'runs'), './runs')
    .argParser((dir) => resolve(host.cwd, dir));

export const languageOption = (host: Host) =>
  flag('--lang <language>', 'of the talk, the progress and the verdicts')
    .choices([...languages])
    .default(localeLanguage(host.env), 'from the locale');

/** `--runs-dir` is also `SHOWRUNNER_RUNS_DIR`; no flag is without its variable. */
function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`SHOWRUNNER_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  const known = Object.keys(backends);
  for (const name of value.split(',')) {
    if (!known.includes(name)) throw new InvalidArgumentError(`Allowed choices are ${known.join(', ')}.`);
  }
  return [...previous, ...value.split(',')];
}

/** Japanese where the locale says so, by POSIX precedence; English otherwise. */
function localeLanguage(env: Host['env']): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
