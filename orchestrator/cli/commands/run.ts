import { Command } from 'commander';
import { type PlayOptions, withPlayOptions } from '../options.ts';
import { defaultShow, playShow } from '../play-show.ts';
import { untilStopped } from '../stop.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner run                         three-minutes, in the language of the locale
  $ showrunner run four-faults --lang ja   another show, in Japanese
  $ showrunner run my/show.yaml --keep     your own; the shop stays up afterwards, until Ctrl-C
  $ showrunner run --rate 10/s --json      half the load; the summary as JSON on stdout
`;

export const runCommand: CreateCommand = (host, exit) =>
  withPlayOptions(new Command('run'), host)
    .description('play a show with its talk, and print its verdicts')
    .argument('[show]', 'a name, or the path of a show.yaml', defaultShow)
    .addHelpText('after', examples)
    .action((show: string, options: PlayOptions) =>
      untilStopped(host, async (signal) => exit(await playShow(host, { show, options, signal }))),
    );
