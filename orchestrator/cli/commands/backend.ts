import { Command } from 'commander';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { serveReadApis } from '../../backends/embedded/serve/server.ts';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { RunProcesses } from '../../runtime/process/run-processes.ts';
import { createRunState } from '../../runtime/process/run-state.ts';
import { startTap } from '../../telemetry/receiver.ts';
import { openTelemetryStore } from '../../telemetry/store.ts';
import { jsonOption, portOption } from '../options.ts';
import { untilStopped } from '../stop.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner backend serve                          on the ports that Jaeger has, until Ctrl-C
  $ showrunner backend serve --port 0 --otlp-port 0   on any free ports, beside a Jaeger
  $ showrunner backend serve --json                   {"url":…,"otlp":…} on one line, then the same

What was sent is gone when it ends.
`;

export const backendCommand: CreateCommand = (host, exit) =>
  new Command('backend')
    .description('the embedded backend, without a show')
    .addHelpText('after', examples)
    .addCommand(
      new Command('serve')
        .description('receive telemetry (OTLP), and be read like Jaeger and like Mackerel')
        .addOption(portOption('--port <number>', 'where it is read', 16_686))
        .addOption(portOption('--otlp-port <number>', 'where OTLP over HTTP is received', 4318))
        .addOption(jsonOption(host))
        .addHelpText('after', examples)
        .action((flags: Flags) =>
          untilStopped(host, async (signal) => {
            await serve(host, flags, signal);
            exit(exitCodes.interrupted);
          }),
        ),
    );

interface Flags {
  readonly port: number;
  readonly otlpPort: number;
  readonly json: boolean;
}

/** Serves until the signal; then nothing of it is left. Throws a ShowrunnerError where a port is taken. */
async function serve(host: Host, { port, otlpPort, json }: Flags, signal: AbortSignal): Promise<void> {
  const state = createRunState(`serve-${randomBytes(3).toString('hex')}`);
  // Starts none; its guard removes the folder, however this ends.
  const guarded = new RunProcesses(state, state.dir);
  const opened: { close(): Promise<void> }[] = [];
  try {
    const store = await openTelemetryStore({ dir: join(state.dir, 'telemetry') });
    opened.push(store);
    const tap = await listening('--otlp-port', startTap({ store, port: otlpPort }));
    opened.push(tap);
    const apis = await listening('--port', serveReadApis(store, port));
    opened.push(apis);
    const where = { url: apis.url, otlp: tap.endpoint };
    host.stdout.write(json ? `${JSON.stringify(where)}\n` : directions(where));
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    for (const each of opened.toReversed()) await each.close();
    await guarded.release();
  }
}

/** Says which flag is for a port that is taken. */
async function listening<T>(flag: string, started: Promise<T>): Promise<T> {
  try {
    return await started;
  } catch (error) {
    if (!(error instanceof ShowrunnerError)) throw error;
    const { code, message, exitCode } = error;
    const hint = `a Jaeger may have it, or another \`showrunner backend serve\`: choose one with ${flag}, 0 for any`;
    throw new ShowrunnerError(code, message, { hint, exitCode, cause: error });
  }
}

function directions({ url, otlp }: { readonly url: string; readonly otlp: string }): string {
  return `Send telemetry to  ${otlp}   OTLP over HTTP, JSON or Protobuf
Read it at         ${url}   like Jaeger, like Mackerel

Grafana            add a data source of the type Jaeger with the URL ${url}
Mackerel client    give it ${url} as the base URL of the API, and any API key
A show             SHOWRUNNER_BACKEND_JAEGER_URL=${url} SHOWRUNNER_BACKEND_JAEGER_OTLP=${otlp} showrunner check --backend jaeger

Ctrl-C ends it, and nothing is kept.
`;
}
