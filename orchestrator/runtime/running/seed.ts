import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { knownCause } from './failures.ts';
import { connectionString } from './postgres-settings.ts';

export interface SchemaFile {
  readonly name: string;
  readonly sql: string;
}

/** The SQL files of a folder in the order of their names. */
export async function readSchema(dir: string): Promise<readonly SchemaFile[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(dir, name), 'utf8') })));
}

/** Names the database `shop` and applies the files over one connection, where `current_setting('shop.seed')` is the seed. */
export async function seed(port: number, schema: readonly SchemaFile[], seedValue: string): Promise<void> {
  // Renamed, not created: that would copy a template.
  await withClient(connectionString(port, 'template1'), (client) =>
    client.query('alter database postgres rename to shop'),
  );
  await withClient(connectionString(port), async (client) => {
    await client.query('create extension pg_stat_statements');
    await client.query(`select set_config('shop.seed', $1, false)`, [seedValue]);
    for (const { name, sql } of schema) {
      await client.query(sql).catch((error: unknown) => {
        const known = knownCause(messageOf(error));
        throw new ShowrunnerError(known?.code ?? 'seed-failed', `services/schema/${name}: ${messageOf(error)}`, {
          exitCode: exitCodes.environment,
          hint: known?.hint ?? 'the SQL belongs to the program: reinstall it, or undo your change',
          cause: error,
        });
      });
    }
    await client.query('select pg_stat_statements_reset()');
  });
}

async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(url);
  // A server that goes away fails the query under way; the connection's own error event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
