import type { Database } from '../lib/database.ts';
import type { Money } from '../lib/money.ts';

export interface Category {
  readonly slug: string;
  readonly name: string;
}

export interface ListedProduct {
  readonly id: number;
  readonly name: string;
  readonly price: Money;
}

export interface Product extends ListedProduct {
  readonly description: string;
  readonly stock: number;
  /** The newest 20, newest first. */
  readonly reviews: readonly { readonly rating: number; readonly text: string }[];
}

export async function listCategories(database: Database): Promise<readonly Category[]> {
  const { rows } = await database.query<Category>('SELECT slug, name FROM categories ORDER BY name');
  return rows;
}

export async function findProduct(database: Database, id: number): Promise<Product | undefined> {
  const { rows } = await database.query<PricedRow & { category: string; available: number }>(
    `SELECT products.id, products.name, prices.amount, prices.currency, stock.available, categories.name AS category
     FROM products
     JOIN categories ON categories.id = products.category_id
     JOIN prices ON prices.product_id = products.id
     JOIN stock ON stock.product_id = products.id
     WHERE products.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const reviews = await database.query<{ rating: number; text: string }>(
    'SELECT rating, text FROM reviews WHERE product_id = $1 ORDER BY id DESC LIMIT 20',
    [id],
  );
  return {
    ...listed(row),
    description: `${row.name}, from our range of ${row.category.toLowerCase()}. Delivered to your door within three days.`,
    stock: row.available,
    reviews: reviews.rows,
  };
}

/** The first 20 products, by name, whose name begins with `prefix`, in any case. */
export async function searchProducts(database: Database, prefix: string): Promise<readonly ListedProduct[]> {
  const { rows } = await database.query<PricedRow>(
    `SELECT found.id, found.name, prices.amount, prices.currency
     FROM (SELECT id, name, search_name FROM products WHERE search_name LIKE $1 ORDER BY search_name, id LIMIT 20) AS found
     JOIN prices ON prices.product_id = found.id
     ORDER BY found.search_name, found.id`,
    [`${escapeLike(prefix.toLowerCase())}%`],
  );
  return rows.map(listed);
}

export interface PricedRow {
  readonly id: number;
  readonly name: string;
  readonly amount: number;
  readonly currency: string;
}

export function listed({ id, name, amount, currency }: PricedRow): ListedProduct {
  return { id, name, price: { amount, currency } };
}

/** `%`, `_` and `\` stand for themselves. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
