import { Command } from 'commander';
import { exitCodes } from '../../exit-codes.ts';
import { cleanAll } from '../../runtime/clean.ts';
import { jsonOption } from '../options.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner clean          ends and removes what killed runs left behind; never touches a live run
  $ showrunner clean --json
`;

export const cleanCommand: CreateCommand = (host, exit) =>
  new Command('clean')
    .description('remove what killed runs left behind')
    .addOption(jsonOption(host))
    .addHelpText('after', examples)
    .action(async ({ json }: { json: boolean }) => {
      const report = await cleanAll();
      const nothing = report.runs.length === 0;
      const lines = nothing
        ? ['nothing is left of any run']
        : [...report.done, ...report.left.map((what) => `could not remove ${what}`)];
      if (report.notLookedAt) lines.push(`not looked at: ${report.notLookedAt}`);
      host.stdout.write(json ? `${JSON.stringify(report)}\n` : `${lines.join('\n')}\n`);
      exit(report.left.length === 0 ? exitCodes.passed : exitCodes.environment);
    });
