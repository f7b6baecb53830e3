import { type Database, inTransaction, type Transaction } from '../lib/database.ts';
import { HttpError } from '../lib/errors.ts';

export interface Line {
  readonly productId: number;
  readonly quantity: number;
}

/** What is available of each of the products; products that do not exist are left out. */
export async function stockOf(
  database: Database,
  productIds: readonly number[],
): Promise<readonly { productId: number; available: number }[]> {
  const { rows } = await database.query<{ productId: number; available: number }>(
    'SELECT product_id AS "productId", available FROM stock WHERE product_id = ANY($1) ORDER BY product_id',
    [productIds],
  );
  return rows;
}

/** Takes the lines out of stock, all or none; resolves with the reservation's id. Throws 409 `out_of_stock`. */
export async function reserve(database: Database, lines: readonly Line[]): Promise<string> {
  return inTransaction(database, async (transaction) => {
    await lock(transaction, lines);
    await transaction.query(
      `UPDATE stock SET available = available - line.quantity
       FROM unnest($1::int[], $2::int[]) AS line (product_id, quantity) WHERE stock.product_id = line.product_id`,
      columns(lines),
    );
    const { rows } = await transaction.query<{ id: string }>('INSERT INTO reservations DEFAULT VALUES RETURNING id');
    const id = rows[0]!.id;
    await transaction.query(
      `INSERT INTO reservation_lines (reservation_id, product_id, quantity)
       SELECT $3, product_id, quantity FROM unnest($1::int[], $2::int[]) AS line (product_id, quantity)`,
      [...columns(lines), id],
    );
    return id;
  });
}

/** Puts a reservation back into stock; nothing happens when that has been done already. */
export async function release(database: Database, id: string): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const { rows } = await transaction.query<Line>(
      'DELETE FROM reservation_lines WHERE reservation_id = $1 RETURNING product_id AS "productId", quantity',
      [id],
    );
    if (rows.length === 0) return;
    await lock(
      transaction,
      rows.map(({ productId }) => ({ productId, quantity: 0 })),
    );
    await transaction.query(
      `UPDATE stock SET available = available + line.quantity
       FROM unnest($1::int[], $2::int[]) AS line (product_id, quantity) WHERE stock.product_id = line.product_id`,
      columns(rows),
    );
    await transaction.query('DELETE FROM reservations WHERE id = $1', [id]);
  });
}

/** Locks the rows in the order of their ids, so that two orders never wait for each other, and checks that there is enough. */
async function lock(transaction: Transaction, lines: readonly Line[]): Promise<void> {
  const { rows } = await transaction.query<{ product_id: number; available: number }>(
    'SELECT product_id, available FROM stock WHERE product_id = ANY($1) ORDER BY product_id FOR UPDATE',
    [lines.map((line) => line.productId)],
  );
  const available = new Map(rows.map((row) => [row.product_id, row.available]));
  for (const { productId, quantity } of lines) {
    if ((available.get(productId) ?? 0) < quantity)
      throw new HttpError(409, 'out_of_stock', `Product ${productId} is out of stock`);
  }
}

function columns(lines: readonly Line[]): [number[], number[]] {
  return [lines.map((line) => line.productId), lines.map((line) => line.quantity)];
}
