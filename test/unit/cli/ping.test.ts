import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { otlp } from '../../../orchestrator/backends/otlp/adapter.ts';
import { embeddedBackend } from '../../../orchestrator/backends/embedded/backend.ts';
import { ping } from '../../../orchestrator/cli/ping.ts';
import { ShowrunnerError } from '../../../orchestrator/errors.ts';
import { openTelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const options = () => ({ clock: new FakeClock(), signal: new AbortController().signal, patienceMs: 5000 });

/** The URL of something that answers every POST like that. */
async function receiver(status: number, answer: object): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function screenAt(url: unknown) {
  const settings = otlp.settings.parse({ url, encoding: 'json' });
  const store = await openTelemetryStore();
  onTestFinished(() => store.close());
  return { backend: otlp.open(settings, { name: 'screen', store }), destination: otlp.destination(settings) };
}

test('what is for display only answers when it has taken a span, and not before', async () => {
  const there = await screenAt(await receiver(200, {}));
  expect(await ping(there.backend, there.destination, options())).toEqual({
    state: 'answers',
    version: 'display only',
    said: 'a span was taken; it cannot be looked for',
  });
  const refusing = await screenAt(await receiver(401, {}));
  expect(await ping(refusing.backend, refusing.destination, options())).toMatchObject({
    state: 'silent',
    said: expect.stringContaining('could not be sent'),
  });
  const rejecting = await screenAt(await receiver(200, { partialSuccess: { rejectedSpans: '1' } }));
  expect(await ping(rejecting.backend, rejecting.destination, options())).toMatchObject({ state: 'silent' });
});

async function empty(changes: Partial<Backend> = {}): Promise<Backend> {
  const store = await openTelemetryStore();
  onTestFinished(() => store.close());
  return { ...embeddedBackend(store), ...changes };
}

test('a span that was taken and is not found is silence, with where it may have gone', async () => {
  const destination = otlp.destination(otlp.settings.parse({ url: await receiver(200, {}), encoding: 'json' }));
  const backend = await empty();
  const lost = { state: 'silent', said: expect.stringContaining('a span was taken, and not found') };
  expect(await ping(backend, destination, options())).toMatchObject({
    ...lost,
    hint: expect.stringContaining('tenant'),
  });
  const astray = 'is `otlp` the receiver of the same jaeger?';
  expect(await ping(backend, destination, { ...options(), astray })).toMatchObject({ ...lost, hint: astray });
});

test('what cannot say its version is silent, with the last words of its log', async () => {
  const failed = new ShowrunnerError('x', 'ended with exit code 1', {
    hint: 'try another',
    exitCode: 3,
    logTail: ['starting', 'no such flag: --storage', ''],
  });
  const backend = await empty({ version: () => Promise.reject(failed) });
  expect(await ping(backend, undefined, options())).toEqual({
    state: 'silent',
    said: 'ended with exit code 1: no such flag: --storage',
    hint: 'try another',
  });
});
