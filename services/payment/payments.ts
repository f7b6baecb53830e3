import type { Client } from '../lib/client.ts';
import type { Database } from '../lib/database.ts';
import { HttpError } from '../lib/errors.ts';
import { logger } from '../lib/logger.ts';
import type { Money } from '../lib/money.ts';

export interface Payment {
  readonly id: string;
  readonly status: 'authorised';
}

/** Has the bank authorise a payment. It is on record before the bank is asked, so that no charge is ever unknown here. Throws 402 when the bank declines. */
export async function pay(to: { database: Database; bank: Client }, brand: string, total: Money): Promise<Payment> {
  const { rows } = await to.database.query<{ id: string }>(
    `INSERT INTO payments (brand, amount, currency, status) VALUES ($1, $2, $3, 'pending') RETURNING id`,
    [brand, total.amount, total.currency],
  );
  const id = rows[0]!.id;
  const charge = await to.bank.post<{ status: string; authorisation: string }>('/charges', { reference: id, ...total });
  const isAuthorised = charge.status === 'authorised';
  await to.database.query('UPDATE payments SET status = $2, authorisation = $3 WHERE id = $1', [
    id,
    isAuthorised ? 'authorised' : 'declined',
    charge.authorisation ?? null,
  ]);
  if (!isAuthorised) throw new HttpError(402, 'payment_declined', 'The bank declined the payment');
  logger.info({ payment: id, brand }, 'payment authorised');
  return { id, status: 'authorised' };
}
