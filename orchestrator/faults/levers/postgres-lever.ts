import { Pool } from 'pg';
import type { DatabaseLever } from './database.ts';

const limits = { connectMs: 3000, statementMs: 20_000, idleMs: 10_000, connections: 2 };

/** Connects when it is first asked. A connection that breaks is replaced; what it was asked for fails. */
export function createPostgresLever(connectionString: string): DatabaseLever {
  const pool = new Pool({
    connectionString,
    application_name: 'showrunner',
    max: limits.connections,
    connectionTimeoutMillis: limits.connectMs,
    idleTimeoutMillis: limits.idleMs,
    statement_timeout: limits.statementMs,
    // The server enforces the statement's limit; this is for a server that no longer answers.
    query_timeout: limits.statementMs + 1000,
  });
  // An idle connection that breaks has failed nobody: the pool drops it, and the next query opens another.
  pool.on('error', () => undefined);
  return {
    async query(sql, params = []) {
      const { rows } = await pool.query<Record<string, unknown>>(sql, [...params]);
      return rows;
    },
    close: () => pool.end(),
  };
}
