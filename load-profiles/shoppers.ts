// Shoppers who browse, search, look and buy. Plays on the embedded engine and on stock k6:
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=20 -e DURATION=60s load-profiles/shoppers.ts
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { randomOf, type Random } from './lib/random.ts';
import { call } from './lib/storefront.ts';

const rate = Number(__ENV.RATE ?? 20);
const seed = Number(__ENV.SEED ?? 1);

export const options: Options = {
  scenarios: {
    shoppers: {
      executor: 'constant-arrival-rate',
      exec: 'visit',
      // Per minute, because k6 takes whole numbers only and a night has less than one visit a second.
      rate: Math.round(rate * 60),
      timeUnit: '1m',
      duration: __ENV.DURATION ?? '60s',
      // A purchase that waits 2.5 s for a slow payment keeps its shopper busy: rate x latency, with room for worse.
      preAllocatedVUs: Math.ceil(rate * 1.5),
      maxVUs: Math.ceil(rate * 5),
      gracefulStop: '5s',
    },
  },
};

// Shares of the visits in percent.
const journeys = { browse: 40, product: 23, buy: 25, search: 12 };
const countries = { JP: 30, CH: 18, DE: 18, FR: 14, US: 12, GB: 8 };
const plans = { basic: 60, plus: 30, business: 10 };
const brands = { visa: 40, mastercard: 30, jcb: 18, amex: 12 };
const appVersions = { '4.9.2': 25, '5.0.1': 45, '5.1.0': 30 };

// Words that names in the catalogue begin with (services/schema/10-catalog.sql).
const words = [
  'Antique',
  'Bamboo',
  'Classic',
  'Copper',
  'Folding',
  'Garden',
  'Handmade',
  'Leather',
  'Minimal',
  'Nordic',
  'Rustic',
  'Walnut',
];
const pages = 5;
const rememberedProducts = 50;

interface Product {
  readonly id: number | string;
}

/** What this virtual user has seen so far: people come back to products they know. */
const seen: Product[] = [];
let categories: readonly { readonly slug: string }[] = [];

/** One visit of one shopper. The n-th of a test has the same journey and the same customer for the same SEED. */
export function visit(): void {
  const random = randomOf(seed, exec.scenario.iterationInTest);
  const journey = random.weighted(journeys);
  if (journey === 'browse') browse(random);
  else if (journey === 'search') search(random);
  else if (journey === 'product') lookAtOne(random);
  else buy(random);
}

function browse(random: Random): void {
  if (!listCategories()) return;
  const product = listProducts(random);
  if (product) showProduct(product);
}

function search(random: Random): void {
  const word = words[random.below(words.length)]!;
  const prefix = word.slice(0, 3 + random.below(word.length - 2));
  call({
    method: 'GET',
    name: '/api/search',
    path: `/api/search?q=${prefix}`,
    status: 200,
    expects: 'the search answers',
  });
}

function lookAtOne(random: Random): void {
  const product = knownProduct(random);
  if (product) showProduct(product);
}

function buy(random: Random): void {
  const customer = shopper(random);
  const product = knownProduct(random);
  if (!product || !showProduct(product)) return;
  const cart = call<{ id: string }>({
    method: 'POST',
    name: '/api/carts',
    path: '/api/carts',
    body: {},
    status: 201,
    expects: 'a cart is opened',
  });
  if (!cart) return;
  const items = { method: 'POST', name: '/api/carts/:id/items', path: `/api/carts/${cart.id}/items` } as const;
  const item = { productId: product.id, quantity: 1 + random.below(2) };
  if (!call({ ...items, body: item, status: 201, expects: 'the item is in the cart' })) return;
  if (
    !call({
      method: 'GET',
      name: '/api/carts/:id',
      path: `/api/carts/${cart.id}`,
      status: 200,
      expects: 'the cart is shown',
    })
  )
    return;
  const body = { cartId: cart.id, ...customer };
  const order = call<{ id: string }>({
    method: 'POST',
    name: '/api/orders',
    path: '/api/orders',
    body,
    status: 201,
    expects: 'the order is accepted',
  });
  if (!order) return;
  call({
    method: 'GET',
    name: '/api/orders/:id',
    path: `/api/orders/${order.id}`,
    status: 200,
    expects: 'the order can be followed',
  });
}

/** Who buys; drawn before anything that depends on what this virtual user has seen. */
function shopper(random: Random): object {
  return {
    customer: { country: random.weighted(countries), plan: random.weighted(plans) },
    payment: { brand: random.weighted(brands) },
    appVersion: random.weighted(appVersions),
  };
}

function listCategories(): boolean {
  const answer = call<{ categories: { slug: string }[] }>({
    method: 'GET',
    name: '/api/categories',
    path: '/api/categories',
    status: 200,
    expects: 'the categories are listed',
  });
  if (answer) categories = answer.categories;
  return categories.length > 0;
}

function listProducts(random: Random): Product | undefined {
  const { slug } = categories[random.below(categories.length)]!;
  const path = `/api/products?category=${slug}&page=${1 + random.below(pages)}`;
  const answer = call<{ products: Product[] }>({
    method: 'GET',
    name: '/api/products',
    path,
    status: 200,
    expects: 'the category lists products',
  });
  const product = answer?.products[random.below(answer.products.length)];
  if (product) seen[seen.length < rememberedProducts ? seen.length : random.below(rememberedProducts)] = product;
  return product;
}

/** A product this shopper has seen, or on a first visit one from the listing that they are looking at. */
function knownProduct(random: Random): Product | undefined {
  if (seen.length > 0) return seen[random.below(seen.length)];
  return categories.length > 0 || listCategories() ? listProducts(random) : undefined;
}

function showProduct({ id }: Product): boolean {
  return (
    call({
      method: 'GET',
      name: '/api/products/:id',
      path: `/api/products/${id}`,
      status: 200,
      expects: 'the product is shown',
    }) !== undefined
  );
}
