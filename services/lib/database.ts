import { Pool, type PoolClient } from 'pg';
import { type Config, required } from './config.ts';
import { logger } from './logger.ts';

export type Database = Pool;
export type Transaction = PoolClient;

/** A small pool on DATABASE_URL. A statement ends after 5 s, a wait for a lock after 2 s, a wait for a connection after 3 s. */
export function openDatabase(config: Config): Database {
  const pool = new Pool({
    connectionString: required('DATABASE_URL'),
    application_name: config.name,
    max: 6,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5000,
    lock_timeout: 2000,
  });
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', (err) => logger.warn({ err }, 'lost an idle database connection'));
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<Result>(
  database: Database,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await database.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
