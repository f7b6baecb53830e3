import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { createPrograms, type Programs } from '../../backends/programs.ts';
import type { Adapter } from '../../backends/adapter.ts';
import { readConfig } from '../../config/read-config.ts';
import { problemLine, ShowrunnerError } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { isMapping } from '../../show/reader.ts';
import { suggest } from '../../show/suggest.ts';
import { openTelemetryStore } from '../../telemetry/store.ts';
import type { ConfiguredBackend } from '../../config/config.ts';
import { backendTable, type Listed } from '../backend-table.ts';
import { capabilityTable } from '../capability-table.ts';
import { backendBinaryOption, configOption, jsonOption } from '../options.ts';
import { type Ping, ping, silent } from '../ping.ts';
import { untilStopped } from '../stop.ts';
import { toolsDir } from '../xdg.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner backends                 those of showrunner.yaml and the environment: reachable? allowed? how late?
  $ showrunner backends jaeger tempo    these; what is not described anywhere is started for the test, where it can be
  $ showrunner backends --matrix        what each can be asked for

Exit codes: 0 all that were called answered, 2 wrong usage or showrunner.yaml, 3 one did not answer, 130 interrupted.
`;

interface Flags {
  readonly config?: string;
  readonly backendBinary: Readonly<Record<string, string>>;
  readonly matrix: boolean;
  readonly json: boolean;
}

export const backendsCommand: CreateCommand = (host, exit) =>
  new Command('backends')
    .description('list the backends and call them: one span is sent and looked for')
    .argument('[names...]', 'of those to call; without them, all that are described')
    .option('--matrix', 'print what each can be asked for, and call none', false)
    .addOption(backendBinaryOption())
    .addOption(configOption())
    .addOption(jsonOption(host))
    .addHelpText('after', examples)
    .action(async (names: readonly string[], flags: Flags) => {
      const { backends } = await readConfig(host, { path: flags.config });
      if (flags.matrix) {
        host.stdout.write(capabilityTable(flags.json));
        return exit(exitCodes.passed);
      }
      const known =
        names.length > 0 ? [...new Set(names)].map((name) => named(name, backends)) : Object.values(backends);
      await untilStopped(host, async (signal) => exit(await callAll(host, known, { names, flags, signal })));
    });

function named(name: string, backends: Readonly<Record<string, ConfiguredBackend>>): ConfiguredBackend {
  const found = backends[name];
  if (found) return found;
  throw new ShowrunnerError('unknown-backend', `there is no backend ${name}`, {
    hint: suggest(name, Object.keys(backends)),
    exitCode: exitCodes.usage,
  });
}

interface Call {
  readonly names: readonly string[];
  readonly flags: Flags;
  readonly signal: AbortSignal;
}

async function callAll(host: Host, backends: readonly ConfiguredBackend[], call: Call): Promise<ExitCode> {
  const programs = createPrograms({
    id: `ping-${randomBytes(3).toString('hex')}`,
    binaries: call.flags.backendBinary,
    env: host.env,
    toolsDir: toolsDir(host.env),
    signal: call.signal,
    progress: (line) => void (call.flags.json || host.stderr.write(`${line}\n`)),
  });
  try {
    const listed = await Promise.all(backends.map((backend) => callOne(host, backend, { ...call, programs })));
    host.stdout.write(call.flags.json ? `${JSON.stringify(listed)}\n` : backendTable(listed));
    return listed.some(({ state }) => state === 'silent') ? exitCodes.environment : exitCodes.passed;
  } catch (error) {
    if (call.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await programs.close();
  }
}

/** How long a span may take beyond what is usual. */
const patienceMs = 30_000;

interface Calling extends Call {
  readonly programs: Programs;
}

/** One row, whatever becomes of it: what fails here is not to hide the others. */
async function callOne(host: Host, backend: ConfiguredBackend, { names, ...calling }: Calling): Promise<Listed> {
  const { name, kind, adapter, settings } = backend;
  const known = { name, kind, where: whereIs(settings) };
  const uncalled = notCalled(backend, names);
  if (uncalled) return { ...known, ...uncalled };
  try {
    const found =
      settings === undefined && adapter.programs
        ? adapter.settingsOf?.(await calling.programs.start(name, adapter.programs))
        : (settings ?? {});
    return { ...known, where: whereIs(found), ...(await callAt(host, backend, found, calling.signal)) };
  } catch (error) {
    calling.signal.throwIfAborted();
    // The log went with the program; its last line is said.
    const hint = error instanceof ShowrunnerError && error.code === 'backend-program-failed' && otherProgram;
    return { ...known, ...silent(error), ...(hint && { hint }) };
  }
}

/** Why it is not called at all. */
function notCalled(
  { name, adapter, settings, problems }: ConfiguredBackend,
  names: readonly string[],
): Pick<Listed, 'state' | 'said'> | undefined {
  if (problems.length > 0) return { state: 'silent', said: `not usable: ${problems.map(problemLine).join('; ')}` };
  if (settings !== undefined) return undefined;
  if (adapter.programs) {
    if (names.includes(name)) return undefined;
    return { state: 'not called', said: `not described; ${list(adapter)} would be started for a show` };
  }
  if (adapter.settings.safeParse({}).success) return undefined;
  return { state: 'not called', said: 'not described in showrunner.yaml or the environment' };
}

const otherProgram =
  'name another program with --backend-binary <name>=<path>, or say in showrunner.yaml where one runs';

async function callAt(
  { clock }: Host,
  { name, kind, adapter }: ConfiguredBackend,
  settings: unknown,
  signal: AbortSignal,
): Promise<Ping> {
  const store = await openTelemetryStore();
  try {
    const backend = adapter.open(settings, { name, store });
    const astray = sentElsewhere(settings) ? `is \`otlp\` the receiver of the same ${kind}?` : undefined;
    const said = await ping(backend, adapter.destination(settings), { clock, signal, patienceMs, astray });
    await backend.close();
    return said;
  } finally {
    await store.close();
  }
}

/** Whether spans go to another address than the one that is asked. */
function sentElsewhere(settings: unknown): boolean {
  const { url, otlp } = isMapping(settings) ? settings : {};
  return typeof url === 'string' && typeof otlp === 'string' && url !== otlp;
}

const list = ({ programs = [] }: Adapter): string => programs.map((program) => program.name).join(' and ');

/** Where it is asked, or sent to, without whatever a URL may hide. */
function whereIs(settings: unknown): string {
  const url = isMapping(settings) ? settings['url'] : undefined;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : '';
}
