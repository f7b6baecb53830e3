import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { clientOf } from '../../../services/lib/client.ts';
import { freePort } from '../../support/shop.ts';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts';

const started: ServiceProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop()));
  vi.unstubAllEnvs();
});

async function startBank(port: number, version: string): Promise<ServiceProcess> {
  const bank = await startServiceProcess('bank', port, { SERVICE_VERSION: version });
  started.push(bank);
  return bank;
}

/** Sends about 300 requests a second, as the services do, until stopped. */
function startLoad(port: number): {
  stop(): Promise<{ versions: ReadonlySet<string>; answers: number; failures: readonly string[] }>;
} {
  vi.stubEnv('BANK_URL', `http://127.0.0.1:${port}`);
  const client = clientOf('bank');
  const versions = new Set<string>();
  const failures: string[] = [];
  let answers = 0;
  const note = (answer: { version: string }): void => {
    answers += 1;
    versions.add(answer.version);
  };
  const fail = (error: unknown): void => void failures.push(String((error as Error).cause ?? error));
  const pending = new Set<Promise<void>>();
  const send = (answer: Promise<{ version: string }>): void => {
    const done: Promise<void> = answer.then(note, fail).finally(() => pending.delete(done));
    pending.add(done);
  };
  const timer = setInterval(() => {
    for (let count = 0; count < 6; count++) send(client.get('/healthz'));
  }, 20);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      return { versions, answers, failures };
    },
  };
}

it('a release takes over under load without a lost request', async () => {
  const port = await freePort();
  const old = await startBank(port, '7.1.0');
  const load = startLoad(port);
  await sleep(500);
  for (const version of ['7.2.0', '7.3.0']) {
    const next = await startBank(port, version);
    await sleep(300);
    const previous = started.at(-2) ?? old;
    const stoppedAt = Date.now();
    expect(await previous.stop()).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(4500);
    expect(next.log.join('\n')).toContain('bank is up');
  }
  await sleep(300);
  const { versions, answers, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect([...versions].toSorted()).toEqual(['7.1.0', '7.2.0', '7.3.0']);
  expect(answers).toBeGreaterThan(300);
});

it('a service that drains answers the next request of an open connection, and asks to close it', async () => {
  const port = await freePort();
  const bank = await startBank(port, '7.1.0');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = async (): Promise<{ connection: string | undefined; localPort: number | undefined }> => {
    const sent = request({ port, agent, path: '/healthz' }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { localPort } = response.socket;
    response.resume();
    await once(response, 'end');
    return { connection: response.headers.connection, localPort };
  };
  const first = await get();
  expect(first.connection).toBe('keep-alive');
  const stopped = bank.stop();
  await expect.poll(() => bank.log.join('\n')).toContain('draining');
  await sleep(50);
  expect(await get()).toEqual({ connection: 'close', localPort: first.localPort });
  expect(await stopped).toBe(0);
  agent.destroy();
});

it('a service that drains does not wait longer than 4 s for a connection nobody closes', async () => {
  const port = await freePort();
  const bank = await startBank(port, '7.1.0');
  const agent = new Agent({ keepAlive: true });
  const sent = request({ port, agent, method: 'POST', path: '/charges' });
  sent.on('error', () => undefined).write('{');
  await once(sent, 'socket');
  await sleep(100);
  const stoppedAt = Date.now();
  expect(await bank.stop()).toBe(0);
  expect(Date.now() - stoppedAt).toBeGreaterThan(3500);
  expect(Date.now() - stoppedAt).toBeLessThan(5000);
  agent.destroy();
});
