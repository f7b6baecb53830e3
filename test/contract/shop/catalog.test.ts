import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagAt } from '../../support/flag-source.ts';
import type { SunkSpan } from '../../support/otlp-sink.ts';
import { startTestShop, type TestShop } from '../../support/running-shop.ts';
import { visitorOf } from '../../support/visitor.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startTestShop();
}, 120_000);
afterAll(() => shop?.stop(), 30_000);

interface Listing {
  readonly products: readonly {
    readonly id: number;
    readonly name: string;
    readonly price: { readonly amount: number };
  }[];
  readonly page: number;
  readonly pages: number;
}

/** Runs the statements on one connection; resolves with the rows of the last. A transaction that is still open is rolled back. */
async function sql(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(shop.database.url);
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

const listingSpan = (variant: string) => (): SunkSpan | undefined =>
  shop.sink.spans.find(
    (span) => span.name === 'GET /products' && span.attributes['feature_flag.result.variant'] === variant,
  );
const queriesOf = (span: SunkSpan): readonly unknown[] =>
  shop.sink.spans
    .filter((other) => other.parentSpanId === span.spanId)
    .map((other) => other.attributes['db.query.text'])
    .filter((text) => text !== undefined);

describe('the seeded catalogue', () => {
  it('has 300 000 products in 60 categories, with prices, stock and reviews', async () => {
    const rows =
      await sql(`SELECT (SELECT count(*) FROM products)::int AS products, (SELECT count(*) FROM categories)::int AS categories,
      (SELECT count(*) FROM prices)::int AS prices, (SELECT count(*) FROM stock)::int AS stock, (SELECT count(*) FROM reviews)::int AS reviews,
      (SELECT sum(product_count) FROM categories)::int AS counted`);
    expect(rows).toEqual([
      { products: 300_000, categories: 60, prices: 300_000, stock: 300_000, reviews: 300_000, counted: 300_000 },
    ]);
  });

  it('is the same for the same seed', async () => {
    const rows = await sql('SELECT id, name FROM products WHERE id IN (1, 2, 300000) ORDER BY id');
    expect(rows.map((row) => row['name'])).toEqual([
      'Elegant Ceramic Desk Lamp 446',
      'Oak Pillow 384',
      'Garden Leather Duvet Cover 344',
    ]);
  });

  it('is paged through without gaps or repetitions', async () => {
    const visitor = visitorOf(shop.url);
    const first = (await visitor.get('/api/products?category=kettles')) as Listing;
    const second = (await visitor.get('/api/products?category=kettles&page=2')) as Listing;
    expect(first).toMatchObject({ page: 1, pages: second.pages });
    const ids = [...first.products, ...second.products].map((product) => product.id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    expect(ids).toHaveLength(80);
    const last = (await visitor.get(`/api/products?category=kettles&page=${first.pages}`)) as Listing;
    expect(last.products.length).toBeGreaterThan(0);
  });
});

describe('search', () => {
  const explain = `EXPLAIN SELECT id, name FROM products WHERE search_name LIKE 'copper%' ORDER BY search_name, id LIMIT 20`;

  it('finds names by their beginning, in any case', async () => {
    const { products } = (await visitorOf(shop.url).get('/api/search?q=cOPPer')) as Listing;
    expect(products).toHaveLength(20);
    for (const { name } of products) expect(name).toMatch(/^Copper /);
  });

  it('takes signs that LIKE would not take literally as they are', async () => {
    const visitor = visitorOf(shop.url);
    for (const q of ['%', '_opper', 'copper\\']) {
      expect(await visitor.get(`/api/search?q=${encodeURIComponent(q)}`)).toEqual({ products: [] });
    }
  });

  it('reads 20 rows with its index, and the whole table without it', async () => {
    expect(JSON.stringify(await sql(explain))).toContain('Index Scan using products_name_prefix_idx');
    const without = await sql('BEGIN', 'DROP INDEX products_name_prefix_idx', explain);
    expect(JSON.stringify(without)).toContain('Seq Scan on products');
  });
});

it('shows the newest reviews of a product first', async () => {
  const [{ id } = {}] = await sql('SELECT product_id AS id FROM reviews GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1');
  const newest = await sql(`SELECT rating, text FROM reviews WHERE product_id = ${String(id)} ORDER BY id DESC`);
  expect(new Set(newest.map(({ text }) => text)).size).toBeGreaterThan(1);
  expect(await visitorOf(shop.url).get(`/api/products/${String(id)}`)).toMatchObject({ reviews: newest });
});

describe('release 2.5.0 of catalog', () => {
  it('lists a page with two queries, and with one more for each product while live prices are on', async () => {
    const visitor = visitorOf(shop.url);
    const before = (await visitor.get('/api/products?category=vases')) as Listing;
    expect(queriesOf(await shop.sink.until(listingSpan('off')))).toHaveLength(2);

    shop.flags.send({ flags: { 'live-prices': flagAt(100) } });
    const list = () => visitor.get('/api/products?category=vases');
    await expect.poll(async () => (await list()) && listingSpan('on')(), { timeout: 10_000 }).toBeDefined();
    expect(await list()).toEqual(before);
    const texts = queriesOf(await shop.sink.until(listingSpan('on')));
    expect(texts).toHaveLength(2 + 40);
    expect(new Set(texts).size).toBe(3);
  });
});

describe('what cannot be served', () => {
  it.each([
    ['/api/products?category=unicorns', 404, 'not_found'],
    ['/api/products', 400, 'bad_request'],
    ['/api/products?category=vases&page=0', 400, 'bad_request'],
    ['/api/products/0', 400, 'bad_request'],
    ['/api/products/300001', 404, 'not_found'],
    ['/api/search?q=', 400, 'bad_request'],
    ['/api/carts/unknown', 404, 'not_found'],
    ['/api/orders/unknown', 404, 'not_found'],
    ['/api/unknown', 404, 'not_found'],
  ])('%s is answered with %i and a code', async (path, status, code) => {
    const response = await fetch(shop.url + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: { code, message: expect.any(String) } });
  });

  it('a body that is not JSON is answered with 400', async () => {
    const response = await fetch(`${shop.url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"cartId":',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } });
  });
});

describe('the pages', () => {
  type Open = (path: string, form?: Record<string, string>) => Promise<{ status: number; path: string; text: string }>;

  /** Opens pages as a browser does, as far as cookies, forms and redirects go. */
  function browser(): Open {
    let cookie = '';
    const open: Open = async (path, form) => {
      const response = await fetch(shop.url + path, {
        headers: { cookie },
        redirect: 'manual',
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      const location = response.headers.get('location');
      return location === null ? { status: response.status, path, text: await response.text() } : open(location);
    };
    return open;
  }

  it('lead from the home page to an order', async () => {
    const open = browser();
    const home = await open('/');
    const category = /href="(\/categories\/[\w-]+)"/.exec(home.text)?.[1] ?? '';
    const product = /href="(\/products\/\d+)"/.exec((await open(category)).text)?.[1] ?? '';
    expect((await open(product)).text).toContain('in stock');
    const cart = await open('/cart/items', { productId: product.split('/')[2] ?? '', quantity: '2' });
    expect(cart.path).toBe('/cart');
    expect(cart.text).toContain(product);
    expect((await open('/checkout')).text).toContain('Switzerland');
    const order = await open('/checkout', { country: 'DE', plan: 'plus', brand: 'visa' });
    expect(order.path).toMatch(/^\/orders\/[0-9a-f]{16}$/);
    expect(order.text).toContain('Thank you');
    expect((await open('/cart')).text).toContain('nothing in it');
  });

  it('show an error as a page', async () => {
    const open = browser();
    const missing = await open('/products/300001');
    expect(missing.status).toBe(404);
    expect(missing.text).toContain('<title>We could not find that');
  });

  it('do not run what is searched for', async () => {
    expect((await browser()('/search?q=%3Cscript%3Ealert(1)%3C/script%3E')).text).not.toContain('<script>');
  });
});
