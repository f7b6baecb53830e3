import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { clientOf } from '../../../../services/lib/client.ts';
import { UpstreamTimeoutError, UpstreamUnavailableError } from '../../../../services/lib/errors.ts';

/** Takes requests and never answers. */
const silent = createServer(() => undefined);
afterEach(() => {
  silent.closeAllConnections();
  silent.close();
  vi.unstubAllEnvs();
});

async function listening(): Promise<number> {
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  return (silent.address() as AddressInfo).port;
}

it('a call without an answer ends at its time-out, and tells whoever traces it the same as its caller', async () => {
  vi.stubEnv('BANK_URL', `http://127.0.0.1:${await listening()}`);
  const traced: unknown[] = [];
  // What the instrumentation of undici records on the span of the call.
  channel('undici:request:error').subscribe((message) => traced.push((message as { error: unknown }).error));
  const failure = clientOf('bank', 50).get('/charges');
  await expect(failure).rejects.toThrow(new UpstreamTimeoutError('bank', 50));
  expect(traced).toEqual([new UpstreamTimeoutError('bank', 50)]);
});

it('a call to nobody is refused at once', async () => {
  const port = await listening();
  silent.close();
  vi.stubEnv('BANK_URL', `http://127.0.0.1:${port}`);
  await expect(clientOf('bank').get('/charges')).rejects.toBeInstanceOf(UpstreamUnavailableError);
});
