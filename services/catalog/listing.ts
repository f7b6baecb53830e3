import type { Database } from '../lib/database.ts';
import { listed, type ListedProduct, type PricedRow } from './products.ts';

const pageSize = 40;

export interface ListingQuery {
  readonly category: string;
  /** From 1. */
  readonly page: number;
}

export interface Listing {
  readonly products: readonly ListedProduct[];
  readonly page: number;
  readonly pages: number;
}

/** One page of a category; undefined when there is no such category. */
export async function listProducts(database: Database, query: ListingQuery): Promise<Listing | undefined> {
  const category = await findCategory(database, query.category);
  if (category === undefined) return undefined;
  const { rows } = await database.query<PricedRow>(
    `SELECT products.id, products.name, prices.amount, prices.currency
     FROM products JOIN prices ON prices.product_id = products.id
     WHERE products.category_id = $1 ORDER BY products.id LIMIT $2 OFFSET $3`,
    [category.id, pageSize, (query.page - 1) * pageSize],
  );
  return { products: rows.map(listed), ...paging(category, query) };
}

/** The same page with the prices of this moment. */
export async function listProductsLive(database: Database, query: ListingQuery): Promise<Listing | undefined> {
  const category = await findCategory(database, query.category);
  if (category === undefined) return undefined;
  const { rows } = await database.query<{ id: number; name: string }>(
    'SELECT id, name FROM products WHERE category_id = $1 ORDER BY id LIMIT $2 OFFSET $3',
    [category.id, pageSize, (query.page - 1) * pageSize],
  );
  const products: ListedProduct[] = [];
  for (const { id, name } of rows) {
    const price = await livePrice(database, id);
    if (price !== undefined) products.push(listed({ id, name, ...price }));
  }
  return { products, ...paging(category, query) };
}

async function livePrice(database: Database, id: number): Promise<{ amount: number; currency: string } | undefined> {
  const { rows } = await database.query<{ amount: number; currency: string }>(
    'SELECT amount, currency FROM prices WHERE product_id = $1',
    [id],
  );
  return rows[0];
}

interface CategoryRow {
  readonly id: number;
  readonly products: number;
}

async function findCategory(database: Database, slug: string): Promise<CategoryRow | undefined> {
  const { rows } = await database.query<CategoryRow>(
    'SELECT id, product_count AS products FROM categories WHERE slug = $1',
    [slug],
  );
  return rows[0];
}

function paging(category: CategoryRow, { page }: ListingQuery): { page: number; pages: number } {
  return { page, pages: Math.ceil(category.products / pageSize) };
}
