import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { engineOption, k6Option, toggle } from '../options.ts';
import { playScript } from '../play-script.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner load script.js                        on k6 where it is installed, else on the embedded engine
  $ showrunner load script.ts --engine embedded      with nothing else installed
  $ showrunner load script.js -e BASE_URL=http://127.0.0.1:8080 --summary-export summary.json

Exit codes are k6's own:
  0    passed                     104  invalid options         108  aborted by the script
  99   thresholds are crossed     105  Ctrl-C                  110  marked as failed by the script
  100  setup took too long        107  the script threw while  255  no such script, or nothing in it
  101  teardown took too long          it was loaded, or in setup
and Showrunner's where no script was played: 2 for wrong usage, 3 where the engine could not be started.
`;

interface Flags {
  readonly engine: string;
  readonly k6?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly summaryExport?: string;
  readonly machineReadable?: string;
  readonly quiet: boolean;
}

/** Flags of `k6 run` that people have in their fingers, and the option of a script that says the same. */
const flagsOfK6 = [
  ['-u, --vus <number>', 'vus'],
  ['-d, --duration <time>', 'duration'],
  ['-i, --iterations <number>', 'iterations'],
  ['-s, --stage <stage>', 'stages'],
] as const;

export const loadCommand: CreateCommand = (host, exit) => {
  const path = (file: string): string => resolve(host.cwd, file);
  const command = new Command('load')
    .description('play any k6 script alone, on any load engine')
    .argument('<script>', 'a k6 script, JavaScript or TypeScript', path)
    .addOption(engineOption())
    .addOption(k6Option())
    .addOption(
      new Option('-e, --env <NAME=VALUE>', 'a variable of the script, in __ENV; may be repeated')
        .default({}, 'the environment')
        .argParser(collectVariables),
    )
    .addOption(new Option('--summary-export <file>', 'write the end-of-test summary as JSON').argParser(path))
    .addOption(
      new Option(
        '--machine-readable <file>',
        "write k6's newer, machine-readable summary (--new-machine-readable-summary)",
      ).argParser(path),
    )
    .addOption(toggle(host, '-q, --quiet', 'no progress and no word on the engine; the summary stays'))
    .addHelpText('after', examples)
    .action(async (script: string, { engine, k6, ...flags }: Flags) => {
      exit(await playScript(host, { script, engine, k6, ...flags }));
    });
  for (const [flag, option] of flagsOfK6)
    command.addOption(new Option(flag).hideHelp().argParser(() => refuseFlag(flag, option)));
  return command;
};

function refuseFlag(flag: string, option: string): never {
  throw new ShowrunnerError('load-flag', `\`${flag}\` is a flag of k6 that \`load\` does not have`, {
    hint: `write \`${option}\` into \`options\` of the script`,
    exitCode: exitCodes.usage,
  });
}

/** As k6 does: a name alone is an empty variable. */
function collectVariables(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
  if (name === undefined || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    // Not commander's own error, which would show the value: it may be a secret.
    throw new ShowrunnerError('load-variable', `-e: \`${name}\` is no name of a variable`, {
      hint: 'write NAME=VALUE; a name has letters, digits and underscores',
      exitCode: exitCodes.usage,
    });
  return { ...previous, [name]: value };
}
