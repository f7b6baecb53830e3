import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import type { Transaction } from './database.ts';

export interface NewJob {
  readonly kind: string;
  readonly orderId: string;
  /** When it is due; at once, unless told otherwise. */
  readonly inSeconds?: number;
}

/** Puts a job on the queue, in the transaction it depends on. It carries the trace on to the worker that takes it up. */
export async function enqueueJob(transaction: Transaction, { kind, orderId, inSeconds = 0 }: NewJob): Promise<void> {
  const attributes = {
    'messaging.system': 'postgresql',
    'messaging.destination.name': 'jobs',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
  };
  await trace.getTracer('jobs').startActiveSpan('send jobs', { kind: SpanKind.PRODUCER, attributes }, async (span) => {
    try {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      await transaction.query(
        `INSERT INTO jobs (kind, order_id, traceparent, run_at) VALUES ($1, $2, $3, now() + $4 * interval '1 second')`,
        [kind, orderId, carrier.traceparent ?? null, inSeconds],
      );
    } finally {
      span.end();
    }
  });
}
