import { Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import { type ExitCode, exitCodes, worseOf } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { type PlayOptions, withPlayOptions } from '../options.ts';
import { defaultShow, playShow } from '../play-show.ts';
import { pruneRuns } from '../runs.ts';
import { untilStopped } from '../stop.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner loop                        three-minutes again and again, until Ctrl-C
  $ showrunner loop four-faults --rounds 3 --json
`;

/** So many rounds in a row may fail to start before a showcase gives up. */
const maxBrokenRounds = 5;
const pauseMs = 3_000;
const keptRuns = 20;

interface LoopOptions extends PlayOptions {
  readonly rounds: number;
}

export const loopCommand: CreateCommand = (host, exit) =>
  withPlayOptions(new Command('loop'), host)
    .description('play a show again and again, each round on a fresh shop, until stopped')
    .argument('[show]', 'a name, or the path of a show.yaml', defaultShow)
    .addOption(new Option('--rounds <number>', 'stop after so many rounds').argParser(count).default(Infinity, 'none'))
    .addHelpText(
      'after',
      `${examples}\nOf the runs in --runs-dir the newest ${keptRuns} that this loop made are kept.\n`,
    )
    .action((show: string, options: LoopOptions) =>
      untilStopped(host, async (signal) => exit(await loop(host, show, options, signal))),
    );

async function loop(host: Host, show: string, options: LoopOptions, signal: AbortSignal): Promise<ExitCode> {
  if (options.keep) {
    throw new ShowrunnerError('keep-in-loop', '--keep would hold the first round for ever', {
      hint: 'use --keep with run',
      exitCode: exitCodes.usage,
    });
  }
  const made: string[] = [];
  let worst: ExitCode = exitCodes.passed;
  let broken = 0;
  for (let round = 1; round <= options.rounds; round += 1) {
    try {
      const code = await playShow(host, {
        show,
        options,
        signal,
        askedAt: host.clock.now(),
        onRun: (runDir) => made.push(runDir),
      });
      if (code === exitCodes.interrupted) return code;
      worst = worseOf(worst, code);
      broken = 0;
    } catch (error) {
      broken += 1;
      if (!worthAnotherTry(error) || broken >= maxBrokenRounds) throw error;
      worst = worseOf(worst, exitCodes.environment);
      host.stderr.write(`showrunner: round ${round} could not be played: ${messageOf(error)}\n`);
    }
    pruneRuns(made, keptRuns);
    const paused = await host.clock.sleep(round < options.rounds ? pauseMs : 0, signal).then(
      () => true,
      () => false,
    );
    if (!paused) return exitCodes.interrupted;
  }
  return worst;
}

/** A wrong show will be as wrong in the next round; a port taken or a full disk may pass. */
function worthAnotherTry(error: unknown): boolean {
  return error instanceof ShowrunnerError && error.exitCode === exitCodes.environment;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('A number from 1.');
  return Number(text);
}
