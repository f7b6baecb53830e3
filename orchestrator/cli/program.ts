import { Command, CommanderError } from 'commander';
import { ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { commands } from './commands/index.ts';
import { formatError } from './format-error.ts';
import { packageVersion } from '../package-root.ts';

const examples = `
Examples:
  $ showrunner run                              plays three-minutes, with the talk
  $ showrunner run four-faults --lang ja        another show, in Japanese
  $ showrunner check four-faults                as fast as the evidence allows, for CI; writes JUnit
  $ showrunner loop three-minutes               again and again, for a showcase screen
  $ showrunner validate path/to/show.yaml       all problems of a show, or its timeline
  $ showrunner load path/to/script.js           a k6 script alone, with k6's own exit codes

Exit codes:
  0  all verdicts are met          2  wrong usage or show file      130  interrupted
  1  some verdict is not met       3  the environment: a port, the disk, a process that dies
`;

/** Runs one command line and returns its exit code. */
export async function cli(host: Host, argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const program = new Command('showrunner')
    .description('Plays a show of real faults on an instrumented shop, and asks the APM backend whether it saw them.')
    .version(packageVersion(), '-V, --version')
    .addHelpText('after', examples)
    .showHelpAfterError('(add --help for the options and examples)')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
    })
    .exitOverride();
  try {
    for (const create of Object.values(commands)) {
      program.addCommand(
        inheriting(
          create(host, (code) => (exitCode = code)),
          program,
        ),
      );
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
    if (!(error instanceof ShowrunnerError)) throw error;
    host.stderr.write(formatError(error));
    return error.exitCode;
  }
}

/** Commander copies settings to the commands that it makes itself, and only while it does. */
function inheriting(command: Command, from: Command): Command {
  for (const sub of command.commands) inheriting(sub, from);
  return command.copyInheritedSettings(from);
}
