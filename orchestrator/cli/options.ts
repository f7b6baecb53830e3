import { type Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { backends } from '../backends/index.ts';
import { ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { loadEngines } from '../load/index.ts';
import { runtimes } from '../runtime/index.ts';
import { type Language, languages } from '../show/show.ts';
import { suggest } from '../show/suggest.ts';

/** What every command that plays a show understands; each flag is also an environment variable. */
export interface PlayOptions {
  readonly runtime: string;
  readonly engine: string;
  /** The k6 of `k6-binary`. */
  readonly k6?: string;
  readonly backend?: readonly string[];
  readonly backendBinary: Readonly<Record<string, string>>;
  /** Instead of `showrunner.yaml`. */
  readonly config?: string;
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
    .addOption(runtimeOption())
    .addOption(engineOption())
    .addOption(k6Option())
    .addOption(flag('--backend <name>', 'the APM backend to ask; may be repeated').argParser(collect))
    .addOption(backendBinaryOption())
    .addOption(configOption())
    .addOption(languageOption(host))
    .addOption(flag('--load <profile>', 'a load profile, or the path of a k6 script'))
    .addOption(flag('--rate <rate>', 'visits per second, e.g. 20/s'))
    .addOption(runsDirOption(host))
    .addOption(toggle(host, '--keep', 'keep the shop and its load up after the show, until Ctrl-C'))
    .addOption(jsonOption(host))
    .addOption(toggle(host, '--quiet', 'print the verdicts only'));
}

export const runtimeOption = () =>
  flag('--runtime <name>', 'where the shop runs')
    .choices(['auto', ...Object.keys(runtimes)])
    .default('auto');

export const engineOption = () =>
  flag('--engine <name>', 'what plays the load')
    .choices(['auto', ...Object.keys(loadEngines)])
    .default('auto');

export const k6Option = () =>
  flag('--k6 <path>', 'the k6 program of the engine k6-binary, instead of the one on the PATH');

export const backendBinaryOption = () =>
  flag('--backend-binary <name=path>', 'the program to start for a backend, e.g. jaeger=/opt/jaeger; may be repeated')
    .default({}, 'from the PATH')
    .argParser(collectBinaries);

export const configOption = () => flag('--config <file>', 'where backends are described, instead of ./showrunner.yaml');

export const jsonOption = (host: Host) =>
  toggle(host, '--json', 'print machine-readable JSON on stdout, and nothing else');

/** A port of this machine; 0 is any free one. */
export const portOption = (flags: string, description: string, port: number) =>
  flag(flags, description).default(port).argParser(parsePort);

const runsDirOption = (host: Host) =>
  flag('--runs-dir <dir>', 'where journals, logs and reports go')
    .default(resolve(host.cwd, 'runs'), './runs')
    .argParser((dir) => resolve(host.cwd, dir));

export const languageOption = (host: Host) =>
  flag('--lang <language>', 'of the talk, the progress and the verdicts')
    .choices([...languages])
    .default(localeLanguage(host.env), 'from the locale');

/** `--runs-dir` is also `SHOWRUNNER_RUNS_DIR`; no flag of a show is without its variable. */
function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(variableOf(option));
}

/** On or off; commander would take any value of the variable, even `0`, for on. */
export function toggle(host: Host, flags: string, description: string): Option {
  const option = new Option(flags, description);
  const variable = variableOf(option);
  const value = host.env[variable]?.toLowerCase() ?? '';
  if (!['', '0', 'false', 'no', '1', 'true', 'yes'].includes(value)) {
    throw new ShowrunnerError('invalid-variable', `${variable}=${value} is neither on nor off`, {
      hint: `write ${variable}=1 or ${variable}=0`,
      exitCode: exitCodes.usage,
    });
  }
  option.description += ` (env: ${variable})`;
  return option.default(['1', 'true', 'yes'].includes(value), 'off');
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('A number from 0 to 65535.');
  return Number(text);
}

function variableOf(option: Option): string {
  return `SHOWRUNNER_${option.name().toUpperCase().replaceAll('-', '_')}`;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(',').map((name) => name.trim())];
}

function collectBinaries(value: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pairs = value.split(',').map((pair) => {
    const [name = '', path = '', ...more] = pair.split('=');
    if (!name || !path || more.length > 0)
      throw new InvalidArgumentError('Write the name of the program and its path: jaeger=/opt/jaeger.');
    return [programName(name.trim()), resolve(path.trim())];
  });
  return { ...previous, ...Object.fromEntries(pairs) };
}

/** Refuses what no backend starts. */
function programName(name: string): string {
  const known = Object.values(backends).flatMap(({ programs = [] }) => programs.map((program) => program.name));
  if (known.includes(name)) return name;
  throw new InvalidArgumentError(`No backend starts a program ${name}: ${suggest(name, [...new Set(known)])}`);
}

/** Japanese where the locale says so, by POSIX precedence; English otherwise. */
function localeLanguage(env: Host['env']): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
