import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type Database, inTransaction, type Transaction } from '../lib/database.ts';
import { logger } from '../lib/logger.ts';
import { pause } from '../lib/pause.ts';
import { type Job, steps } from './steps.ts';

const idlePauseMs = 250;
const maxAttempts = 5;

/** Takes jobs off the queue, one at a time, until stopped; the returned function resolves when the last one is done. */
export function startWorker(database: Database): () => Promise<void> {
  const stop = new AbortController();
  const working = work(database, stop.signal);
  return async () => {
    stop.abort();
    await working;
  };
}

async function work(database: Database, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const worked = await takeJob(database).catch((err: unknown) => {
      logger.error({ err }, 'could not take a job');
      return false;
    });
    if (!worked) await pause(idlePauseMs, signal);
  }
}

/** Does the job that is due first, if any; the row stays locked, and so out of others' sight, until it is done. */
async function takeJob(database: Database): Promise<boolean> {
  return inTransaction(database, async (transaction) => {
    const { rows } = await transaction.query<Job>(
      `SELECT id, kind, order_id, traceparent, attempts FROM jobs
       WHERE failed_at IS NULL AND run_at <= now() ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    const job = rows[0];
    if (job === undefined) return false;
    await processJob(transaction, job);
    return true;
  });
}

/** Does one job, as part of the trace of the order. */
async function processJob(transaction: Transaction, job: Job): Promise<void> {
  const parent = propagation.extract(ROOT_CONTEXT, job.traceparent === null ? {} : { traceparent: job.traceparent });
  const attributes = {
    'messaging.system': 'postgresql',
    'messaging.destination.name': 'jobs',
    'messaging.operation.name': job.kind,
    'messaging.operation.type': 'process',
    'messaging.message.id': job.id,
  };
  const span = trace
    .getTracer('fulfilment')
    .startSpan(`process jobs ${job.kind}`, { kind: SpanKind.CONSUMER, attributes }, parent);
  await context.with(trace.setSpan(parent, span), async () => {
    try {
      await attempt(transaction, job);
    } catch (error) {
      const err = error instanceof Error ? error : new Error(String(error));
      span.recordException(err);
      span.setStatus({ code: SpanStatusCode.ERROR, message: err.message });
      logger.error({ err, job: job.id, attempts: job.attempts + 1 }, 'job failed');
      await postpone(transaction, job);
    } finally {
      span.end();
    }
  });
}

/** Everything of a failed attempt is rolled back, but not the lock on the job. */
async function attempt(transaction: Transaction, job: Job): Promise<void> {
  await transaction.query('SAVEPOINT attempt');
  try {
    const step = steps[job.kind];
    if (step === undefined) throw new Error(`no step for jobs of kind ${job.kind}`);
    await step(transaction, job);
    await transaction.query('DELETE FROM jobs WHERE id = $1', [job.id]);
  } catch (error) {
    await transaction.query('ROLLBACK TO SAVEPOINT attempt');
    throw error;
  }
}

async function postpone(transaction: Transaction, job: Job): Promise<void> {
  await transaction.query(
    `UPDATE jobs SET attempts = attempts + 1, run_at = now() + (attempts + 1) * interval '2 seconds',
       failed_at = CASE WHEN attempts + 1 >= $2 THEN now() END
     WHERE id = $1`,
    [job.id, maxAttempts],
  );
}
