import { type Database, inTransaction } from '../lib/database.ts';
import { enqueueJob } from '../lib/jobs.ts';
import type { Money } from '../lib/money.ts';
import type { OrderRequest } from '../lib/order-request.ts';

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly total: Money;
}

export interface NewOrder {
  readonly request: OrderRequest;
  readonly tax: number;
  readonly total: Money;
  readonly reservationId: string;
  readonly paymentId: string;
}

/** Writes the order and, in the same transaction, the job that has it fulfilled. */
export async function saveOrder(database: Database, order: NewOrder): Promise<Order> {
  const { customer } = order.request;
  return inTransaction(database, async (transaction) => {
    const { rows } = await transaction.query<{ id: string }>(
      `INSERT INTO orders (status, country, plan, tax_amount, total_amount, currency, reservation_id, payment_id)
       VALUES ('placed', $1, $2, $3, $4, $5, $6, $7) RETURNING id`,
      [
        customer.country,
        customer.plan,
        order.tax,
        order.total.amount,
        order.total.currency,
        order.reservationId,
        order.paymentId,
      ],
    );
    const id = rows[0]!.id;
    await enqueueJob(transaction, { kind: 'confirm', orderId: id });
    return { id, status: 'placed', total: order.total };
  });
}

/** Undefined when there is no such order. */
export async function findOrder(database: Database, id: string): Promise<Order | undefined> {
  const { rows } = await database.query<{ status: string; total_amount: number; currency: string }>(
    'SELECT status, total_amount, currency FROM orders WHERE id = $1',
    [id],
  );
  const row = rows[0];
  return row && { id, status: row.status, total: { amount: row.total_amount, currency: row.currency } };
}
