import { Command } from 'commander';
import { type PlayOptions, withPlayOptions } from '../options.ts';
import { playShow } from '../play-show.ts';
import { untilStopped } from '../stop.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner check four-faults           as fast as the evidence allows; runs/<id>/junit.xml for CI
  $ showrunner check four-faults --json    the summary as JSON on stdout
`;

export const checkCommand: CreateCommand = (host, exit) =>
  withPlayOptions(new Command('check'), host)
    .description('play a show without its talk, each act only until its evidence is there; for CI')
    .argument('<show>', 'a name, or the path of a show.yaml')
    .addHelpText('after', examples)
    .action((show: string, options: PlayOptions) =>
      untilStopped(host, async (signal) =>
        exit(await playShow(host, { show, options: { ...options, quiet: true }, signal, advance: 'evidence' })),
      ),
    );
