import { Command } from 'commander';
import pc from 'picocolors';
import { examine } from '../../doctor/examine.ts';
import type { RuntimeChoice } from '../../doctor/check.ts';
import { formatResults } from '../../doctor/format.ts';
import { checks } from '../../doctor/index.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { openTelemetryStore } from '../../telemetry/store.ts';
import { connectEngine } from '../../runtime/containers/engine.ts';
import { configOption, jsonOption, runtimeOption } from '../options.ts';
import { describedBackends } from '../described.ts';
import { shopSeed } from '../../runtime/shop-seed.ts';
import { untilStopped } from '../stop.ts';
import { cacheDir } from '../xdg.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner doctor                        what this machine lacks for a show, and what to do about it
  $ showrunner doctor --runtime containers   before a show that has to play in containers
  $ showrunner doctor --json
`;

interface DoctorOptions {
  readonly runtime: RuntimeChoice;
  readonly config?: string;
  readonly json: boolean;
}

export const doctorCommand: CreateCommand = (host, exit) =>
  new Command('doctor')
    .description('check whether this machine can play a show')
    .addOption(runtimeOption())
    .addOption(configOption())
    .addOption(jsonOption(host))
    .addHelpText('after', `${examples}\nExit codes: 0 without a problem, warnings allowed; 3 with one.\n`)
    .action((options: DoctorOptions) =>
      untilStopped(host, async (signal) => exit(await doctor(host, options, signal))),
    );

async function doctor(host: Host, { runtime, config, json }: DoctorOptions, signal: AbortSignal) {
  const store = await openTelemetryStore();
  const backends = () => describedBackends(host, { config, store, signal });
  const question = { runtime, clock: host.clock, cacheDir: cacheDir(host.env), seed: shopSeed, backends };
  const results = await examine({ ...question, checks, connect: connectEngine, signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  await store.close();
  if (!results) return exitCodes.interrupted;
  const isWell = results.every(({ level }) => level !== 'problem');
  const paint = pc.createColors(host.stdout.isTTY && !host.env['NO_COLOR']);
  host.stdout.write(
    json ? `${JSON.stringify({ runtime, ok: isWell, checks: results })}\n` : formatResults(results, paint),
  );
  return isWell ? exitCodes.passed : exitCodes.environment;
}
