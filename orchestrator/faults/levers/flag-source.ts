import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock/clock.ts';
import { realClock } from '../../clock/real-clock.ts';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { FlagDefinition, FlagDefinitions } from '../../runtime/shop.ts';
import type { FlagLever } from './flags.ts';

export interface FlagSourceOptions {
  readonly definitions: FlagDefinitions;
  /** 127.0.0.1 and a free port unless given. */
  readonly host?: string;
  readonly port?: number;
  readonly clock?: Clock;
}

export interface FlagSource {
  /** Where the services stream their flags from. */
  readonly url: string;
  readonly lever: FlagLever;
  close(): Promise<void>;
}

const path = '/flags';
const heartbeatMs = 1000;

/** Serves the flags as server-sent events: the whole flagd document at once and at every change, and a comment every second. */
export async function startFlagSource(options: FlagSourceOptions): Promise<FlagSource> {
  const { definitions, host = '127.0.0.1', port = 0, clock = realClock } = options;
  const changes = new Map<string, FlagDefinition>();
  const streams = new Set<ServerResponse>();
  const send = (text: string) => Promise.all([...streams].map((stream) => deliver(stream, text)));
  const document = () =>
    `data: ${JSON.stringify({ flags: { ...definitions.flags, ...Object.fromEntries(changes) } })}\n\n`;
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== path) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    streams.add(response);
    response.once('close', () => streams.delete(response));
    return response.write(document());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const closed = new AbortController();
  void beat(clock, closed.signal, () => send(': still here\n\n'));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}${path}`,
    lever: createFlagLever(definitions, changes, () => send(document())),
    async close() {
      closed.abort();
      const ended = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await ended;
    },
  };
}

/** Resolves when the text has been handed to the connection, or the connection is gone. */
function deliver(stream: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write(text, () => {
      stream.off('close', resolve);
      resolve();
    });
  });
}

async function beat(clock: Clock, closed: AbortSignal, send: () => unknown): Promise<void> {
  while (!closed.aborted) {
    // The only way this sleep fails is that the source was closed.
    await clock.sleep(heartbeatMs, closed).catch(() => undefined);
    // Not waited for: a service that does not read must not stop the heartbeat of the others.
    if (!closed.aborted) void send();
  }
}

function createFlagLever(
  definitions: FlagDefinitions,
  changes: Map<string, FlagDefinition>,
  publish: () => Promise<unknown>,
): FlagLever {
  return {
    async rollOut(flag, variant, share) {
      const definition = definitions.flags[flag];
      if (!definition || !(variant in definition.variants)) {
        throw problem('no-such-flag', `the shop has no flag ${flag} with a variant ${variant}`);
      }
      if (changes.has(flag)) throw problem('flag-in-use', `the flag ${flag} is rolled out already`);
      changes.set(flag, rolledOut(definition, variant, share));
      await publish();
      return async () => {
        if (changes.delete(flag)) await publish();
      };
    },
    changed: () => [...changes.keys()],
  };
}

/**
 * A share of the contexts by flagd's `fractional`, which hashes the flag's and the targeting key: a context keeps its variant.
 * https://flagd.dev/reference/custom-operations/fractional-operation/
 */
function rolledOut(definition: FlagDefinition, variant: string, share: number): FlagDefinition {
  const { state: _, targeting: __, ...rest } = definition;
  if (share >= 1) return { ...rest, state: 'ENABLED', defaultVariant: variant };
  const weight = Math.round(share * 1000);
  const fractional = [
    [variant, weight],
    [definition.defaultVariant, 1000 - weight],
  ];
  return { ...rest, state: 'ENABLED', targeting: { fractional } };
}

function problem(code: string, message: string): ShowrunnerError {
  return new ShowrunnerError(code, message, { exitCode: exitCodes.failed });
}
