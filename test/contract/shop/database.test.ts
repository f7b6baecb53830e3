import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Database, inTransaction, openDatabase } from '../../../services/lib/database.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { freePort, type ShopDatabase, startDatabase } from '../../support/shop.ts';

const connections = 6;

/** A wire to the database that can go dead: whatever is connected stays so, and nothing gets through any more. */
async function startWire(target: number) {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    pairs.push([near, far]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const each = (act: (socket: Socket) => void): void => pairs.flat().forEach(act);
  return {
    port: (server.address() as AddressInfo).port,
    die: () => each((socket) => socket.unpipe().pause()),
    cut: () => each((socket) => socket.resetAndDestroy()),
    close() {
      each((socket) => socket.destroy());
      server.close();
    },
  };
}

let postgres: ShopDatabase;
let wire: Awaited<ReturnType<typeof startWire>>;
let url: string;
let database: Database;
beforeAll(async () => {
  postgres = await startDatabase();
}, 60_000);
afterAll(() => postgres?.stop());
beforeEach(async () => {
  wire = await startWire(Number(new URL(postgres.url).port));
  url = postgres.url.replace(/:\d+\//, `:${wire.port}/`);
  vi.stubEnv('DATABASE_URL', url);
  database = openDatabase({ name: 'test', version: '1.0.0', host: '127.0.0.1', port: 0, seed: 1 });
});
afterEach(() => {
  wire.close();
  vi.unstubAllEnvs();
});

const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', String);
const transaction = (query: string) => inTransaction(database, (client) => client.query(query));

it('gives up what waits on a dead wire, and works again over new connections', async () => {
  await Promise.all(Array.from({ length: connections }, () => database.query('SELECT pg_sleep(0.1)')));
  wire.die();
  const startedAt = Date.now();
  const work = Array.from({ length: connections }, (_, n) =>
    n % 2 ? database.query('SELECT 1') : transaction('SELECT 1'),
  );
  const outcomes = await Promise.all(work.map(outcome));
  expect(new Set(outcomes)).toEqual(new Set(['Error: Query read timeout']));
  expect(Date.now() - startedAt).toBeLessThan(8000);
  expect(await outcome(transaction('SELECT 1'))).toBe('done');
  await database.end();
});

it('survives a connection that breaks in the middle of a transaction', async () => {
  const broken = outcome(transaction('SELECT pg_sleep(5)'));
  await sleep(200);
  wire.cut();
  expect(await broken).toMatch(/terminated|ECONNRESET/);
  expect(await outcome(transaction('SELECT 1'))).toBe('done');
  await database.end();
});

it('does not keep a service from ending, not even while it waits for an answer', async () => {
  const fulfilment = await startServiceProcess('fulfilment', await freePort(), {
    SERVICE_VERSION: '1.0.4',
    DATABASE_URL: url,
    OTEL_SDK_DISABLED: 'true',
  });
  await sleep(500);
  wire.die();
  await sleep(500);
  const stoppedAt = Date.now();
  expect(await fulfilment.stop()).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(5000);
});
