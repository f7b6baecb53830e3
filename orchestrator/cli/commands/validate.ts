import { Command } from 'commander';
import { readConfig } from '../../config/read-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import { expectationKinds } from '../../expectations/kinds/index.ts';
import { lookUp } from '../../show/catalogue.ts';
import { formatTimeline } from '../../show/format-timeline.ts';
import type { Language } from '../../show/show.ts';
import { timelineOf } from '../../show/timeline.ts';
import { configOption, jsonOption, languageOption } from '../options.ts';
import { unanswerable } from '../asked.ts';
import { defaultShow } from '../play-show.ts';
import { openShow } from '../open-show.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner validate four-faults           the resolved timeline
  $ showrunner validate path/to/show.yaml     every problem of the show and its talks, with file:line:col
`;

interface Flags {
  readonly config?: string;
  readonly lang: Language;
  readonly json: boolean;
}

export const validateCommand: CreateCommand = (host, exit) =>
  new Command('validate')
    .description('check a show and its talks, and print the resolved timeline')
    .argument('[show]', 'a name, or the path of a show.yaml', defaultShow)
    .addOption(configOption())
    .addOption(languageOption(host))
    .addOption(jsonOption(host))
    .addHelpText('after', examples)
    .action(async (name: string, { config, lang, json }: Flags) => {
      const { backends } = await readConfig(host, { path: config });
      const { show } = await openShow(host, name, { backends: Object.keys(backends) });
      const asked = show.backends.flatMap((backend) => lookUp(backends, backend) ?? []);
      for (const line of unanswerable(show, asked, expectationKinds)) host.stderr.write(`showrunner: ${line}\n`);
      host.stdout.write(json ? `${JSON.stringify(timelineOf(show))}\n` : formatTimeline(show, expectationKinds, lang));
      exit(exitCodes.passed);
    });
