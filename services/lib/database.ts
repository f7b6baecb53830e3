import { Pool, type PoolClient, type QueryConfig } from 'pg';
import { type Config, required } from './config.ts';
import { logger } from './logger.ts';

export type Database = Pool;
export type Transaction = PoolClient;

/**
 * A small pool on DATABASE_URL. The server ends a statement after 5 s and a wait for a lock after 2 s. Where its word does not get
 * through, a query is given up after 6 s and its connection replaced. A wait for a connection ends after 3 s.
 */
export function openDatabase(config: Config): Database {
  const pool = new Pool({
    connectionString: required('DATABASE_URL'),
    application_name: config.name,
    max: 6,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5000,
    query_timeout: 6000,
    lock_timeout: 2000,
  });
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', (err) => logger.warn({ err }, 'lost an idle database connection'));
  return pool;
}

// A connection that has no answer to this either is closed, which rolls back as well. The option is missing in pg's types.
const rollback = { text: 'ROLLBACK', query_timeout: 1000 } as QueryConfig;

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<Result>(
  database: Database,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await database.connect();
  let broken: Error | undefined;
  const onBroken = (error: Error): void => {
    broken = error;
  };
  // Without a listener, a connection that breaks would end the process; here it is the query under way, or the next one, that fails.
  client.on('error', onBroken);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query(rollback).catch(onBroken);
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}
