import type { Transaction } from '../lib/database.ts';
import { enqueueJob } from '../lib/jobs.ts';
import { logger } from '../lib/logger.ts';

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly order_id: string;
  readonly traceparent: string | null;
  readonly attempts: number;
}

/** What each kind of job does, in the transaction that takes it off the queue. */
export const steps: Readonly<Record<string, (transaction: Transaction, job: Job) => Promise<void>>> = { confirm, ship };

/** The parcel is handed over a while after the confirmation. */
async function confirm(transaction: Transaction, job: Job): Promise<void> {
  await setStatus(transaction, job, 'confirmed');
  await enqueueJob(transaction, { kind: 'ship', orderId: job.order_id, inSeconds: 2 });
}

/** The goods leave the house, so the reservation is settled. */
async function ship(transaction: Transaction, job: Job): Promise<void> {
  await transaction.query(
    'DELETE FROM reservations USING orders WHERE orders.id = $1 AND reservations.id = orders.reservation_id',
    [job.order_id],
  );
  await setStatus(transaction, job, 'shipped');
}

async function setStatus(transaction: Transaction, job: Job, status: string): Promise<void> {
  await transaction.query('UPDATE orders SET status = $2, updated_at = now() WHERE id = $1', [job.order_id, status]);
  logger.info({ order: job.order_id }, `order ${status}`);
}
