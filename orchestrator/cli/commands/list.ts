import { Command } from 'commander';
import { exitCodes } from '../../exit-codes.ts';
import { catalogue } from '../../faults/catalogue/index.ts';
import { listShows } from '../../show/find-show.ts';
import type { Language } from '../../show/show.ts';
import { timelineOf } from '../../show/timeline.ts';
import { formatDuration } from '../../show/units.ts';
import { loadProfiles, openShow, showsDir } from '../open-show.ts';
import { jsonOption, languageOption } from '../options.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner list            the shows, the faults and the load profiles
  $ showrunner list --json
`;

export const listCommand: CreateCommand = (host, exit) =>
  new Command('list')
    .description('list the shows, the faults and the load profiles')
    .addOption(languageOption(host))
    .addOption(jsonOption(host))
    .addHelpText('after', examples)
    .action(async ({ lang, json }: { lang: Language; json: boolean }) => {
      const found = await listShows(showsDir());
      const shows = await Promise.all(
        found.map(async ({ name, file }) => {
          const { show } = await openShow(host, file);
          return {
            name,
            title: show.title,
            file,
            totalMs: timelineOf(show).totalMs,
            acts: show.acts.map((act) => act.name),
          };
        }),
      );
      const faults = Object.entries(catalogue).map(([name, { story, targets, needs }]) => ({
        name,
        story,
        targets,
        needs,
      }));
      const profiles = loadProfiles().map(({ name, title }) => ({ name, title }));
      if (json) {
        host.stdout.write(`${JSON.stringify({ shows, faults, profiles })}\n`);
      } else {
        host.stdout.write(
          [
            ...section(
              'Shows',
              shows.map((show) => [show.name, `${show.title[lang]} (${formatDuration(show.totalMs)})`]),
            ),
            ...section(
              'Faults',
              faults.map((fault) => [fault.name, fault.story]),
            ),
            ...section(
              'Load profiles',
              profiles.map((profile) => [profile.name, profile.title[lang]]),
            ),
          ].join('\n'),
        );
      }
      exit(exitCodes.passed);
    });

function section(heading: string, rows: readonly (readonly [name: string, text: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return [heading, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ''];
}
