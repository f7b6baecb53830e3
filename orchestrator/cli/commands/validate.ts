import { Command } from 'commander';
import { exitCodes } from '../../exit-codes.ts';
import { expectationKinds } from '../../expectations/kinds/index.ts';
import { formatTimeline } from '../../show/format-timeline.ts';
import type { Language } from '../../show/show.ts';
import { timelineOf } from '../../show/timeline.ts';
import { jsonOption, languageOption } from '../options.ts';
import { defaultShow } from '../play-show.ts';
import { openShow } from '../open-show.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner validate four-faults           the resolved timeline
  $ showrunner validate path/to/show.yaml     every problem of the show and its talks, with file:line:col
`;

export const validateCommand: CreateCommand = (host, exit) =>
  new Command('validate')
    .description('check a show and its talks, and print the resolved timeline')
    .argument('[show]', 'a name, or the path of a show.yaml', defaultShow)
    .addOption(languageOption(host))
    .addOption(jsonOption(host))
    .addHelpText('after', examples)
    .action(async (name: string, { lang, json }: { lang: Language; json: boolean }) => {
      const { show } = await openShow(host, name);
      host.stdout.write(json ? `${JSON.stringify(timelineOf(show))}\n` : formatTimeline(show, expectationKinds, lang));
      exit(exitCodes.passed);
    });
