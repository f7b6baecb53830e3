import type { Database } from '../lib/database.ts';
import type { Money } from '../lib/money.ts';

export interface Item {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  /** Of one. */
  readonly price: Money;
}

export interface Cart {
  readonly id: string;
  readonly items: readonly Item[];
  readonly total: Money;
}

/** Resolves with the new cart's id. */
export async function createCart(database: Database): Promise<string> {
  const { rows } = await database.query<{ id: string }>('INSERT INTO carts DEFAULT VALUES RETURNING id');
  return rows[0]!.id;
}

/** Undefined when there is no such cart. */
export async function findCart(database: Database, id: string): Promise<Cart | undefined> {
  const { rows } = await database.query<ItemRow>(
    `SELECT cart_items.product_id, cart_items.name, cart_items.quantity, cart_items.amount, cart_items.currency
     FROM carts LEFT JOIN cart_items ON cart_items.cart_id = carts.id
     WHERE carts.id = $1 ORDER BY cart_items.product_id`,
    [id],
  );
  if (rows.length === 0) return undefined;
  const items = rows.filter((row) => row.product_id !== null).map(toItem);
  const amount = items.reduce((sum, item) => sum + item.quantity * item.price.amount, 0);
  return { id, items, total: { amount, currency: items[0]?.price.currency ?? 'EUR' } };
}

/** Adds to what is in the cart already; undefined when there is no such cart. */
export async function addItem(database: Database, id: string, item: Item): Promise<Cart | undefined> {
  const { rowCount } = await database.query(
    `INSERT INTO cart_items (cart_id, product_id, name, quantity, amount, currency)
     SELECT id, $2, $3, $4, $5, $6 FROM carts WHERE id = $1
     ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity, amount = excluded.amount`,
    [id, item.productId, item.name, item.quantity, item.price.amount, item.price.currency],
  );
  return rowCount === 0 ? undefined : findCart(database, id);
}

/** Deletes the cart; nothing happens when it is gone already. */
export async function deleteCart(database: Database, id: string): Promise<void> {
  await database.query('DELETE FROM carts WHERE id = $1', [id]);
}

/** All null but for the cart's id when the cart is empty: it is the right side of an outer join. */
interface ItemRow {
  readonly product_id: number | null;
  readonly name: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
}

function toItem(row: ItemRow): Item {
  return {
    productId: Number(row.product_id),
    name: row.name,
    quantity: row.quantity,
    price: { amount: row.amount, currency: row.currency },
  };
}
