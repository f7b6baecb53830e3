import { Command, Option } from 'commander';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readJournal } from '../../conductor/journal.ts';
import { exitCodes } from '../../exit-codes.ts';
import { reports } from '../../reports/index.ts';
import { replay } from '../../reports/replay.ts';
import { languageOption, toggle } from '../options.ts';
import type { Language } from '../../show/show.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner replay runs/<id>                 what the console showed, without the shop
  $ showrunner replay runs/<id> --lang ja       in the other language, as far as it was not the talk
  $ showrunner replay runs/<id> --into out      writes junit.xml and summary.json again
`;

interface ReplayOptions {
  readonly lang?: Language;
  readonly into?: string;
  readonly quiet: boolean;
}

export const replayCommand: CreateCommand = (host, exit) =>
  new Command('replay')
    .description('show a recorded run once more')
    .argument('<run>', 'a run folder, or its journal.jsonl')
    .addOption(languageOption(host).default(undefined, "the run's own"))
    .addOption(new Option('--into <dir>', 'also write its reports there'))
    .addOption(toggle(host, '--quiet', 'the verdicts only'))
    .addHelpText('after', examples)
    .action(async (run: string, { lang, into, quiet }: ReplayOptions) => {
      const path = resolve(host.cwd, run);
      const journal = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'journal.jsonl') : path;
      const events = await readJournal(journal);
      const options = {
        // A recording has no live line to redraw.
        stdout: { write: (text: string) => host.stdout.write(text), isTTY: false, columns: host.stdout.columns },
        runDir: dirname(journal),
        ...(lang && { language: lang }),
        colors: host.stdout.isTTY && !host.env['NO_COLOR'],
        quiet,
      };
      await replay(events, reports.console(options));
      if (into !== undefined) {
        const runDir = resolve(host.cwd, into);
        mkdirSync(runDir, { recursive: true });
        await replay(events, reports.junit({ ...options, runDir }));
        await replay(events, reports.summary({ ...options, runDir }));
      }
      exit(exitCodes.passed);
    });
