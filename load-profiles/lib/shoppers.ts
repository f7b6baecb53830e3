import { call } from './storefront.ts';
import type { Random } from './random.ts';

/** What a shopper may come for. */
export type Journey = 'browse' | 'product' | 'buy' | 'search';

/** How often shoppers come for what, in percent. */
export const everyday: Readonly<Record<Journey, number>> = { browse: 40, product: 23, buy: 25, search: 12 };

const countries = { JP: 30, CH: 18, DE: 18, FR: 14, US: 12, GB: 8 };
const plans = { basic: 60, plus: 30, business: 10 };
const brands = { visa: 40, mastercard: 30, jcb: 18, amex: 12 };
const appVersions = { '4.9.2': 25, '5.0.1': 45, '5.1.0': 30 };

/** Words that names in the catalogue begin with (services/schema/10-catalog.sql). */
export const words = [
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
] as const;
const pages = 5;
const rememberedProducts = 50;

export interface Product {
  readonly id: number | string;
  /** Only on its own page. */
  readonly stock?: number;
}

/** What this virtual user has seen so far: people come back to products they know. */
const seen: Product[] = [];
let categories: readonly { readonly slug: string }[] = [];

/** One visit of one shopper. `pause` is called between two steps: what people do there is none of the shop's business. */
export function shop(random: Random, journeys = everyday, pause: () => void = () => undefined): void {
  const journey = random.weighted(journeys);
  if (journey === 'browse') browse(random, pause);
  else if (journey === 'search') search(random);
  else if (journey === 'product') lookAtOne(random, pause);
  else shopForOne(random, pause);
}

function browse(random: Random, pause: () => void): void {
  if (listCategories().length === 0) return;
  pause();
  const product = listProducts(random);
  if (!product) return;
  pause();
  showProduct(product);
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

function lookAtOne(random: Random, pause: () => void): void {
  const product = knownProduct(random, pause);
  if (product) showProduct(product);
}

function shopForOne(random: Random, pause: () => void): void {
  // Drawn before anything that depends on what this virtual user has seen.
  const customer = shopper(random);
  const product = knownProduct(random, pause);
  if (!product || !showProduct(product)) return;
  pause();
  buy(product, { quantity: 1 + random.below(2), customer });
}

interface Purchase {
  readonly quantity: number;
  readonly customer: object;
  /** Others may have bought the last ones: then being told so is no failure. */
  readonly maySellOut?: boolean;
}

/** Puts a product into a new cart, looks at it, orders it, and looks at the order. */
export function buy(product: Product, { quantity, customer, maySellOut = false }: Purchase): void {
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
  const item = { productId: product.id, quantity };
  if (!call({ ...items, body: item, status: 201, expects: 'the item is in the cart' })) return;
  const shown = { method: 'GET', name: '/api/carts/:id', path: `/api/carts/${cart.id}` } as const;
  if (!call({ ...shown, status: 200, expects: 'the cart is shown' })) return;
  order({ cartId: cart.id, ...customer }, maySellOut);
}

function order(body: object, maySellOut: boolean): void {
  const placed = call<{ id: string }>({
    method: 'POST',
    name: '/api/orders',
    path: '/api/orders',
    body,
    status: 201,
    expects: 'the order is accepted',
    ...(maySellOut && { or: 409 }),
  });
  if (!placed) return;
  call({
    method: 'GET',
    name: '/api/orders/:id',
    path: `/api/orders/${placed.id}`,
    status: 200,
    expects: 'the order can be followed',
  });
}

/** Who buys. */
export function shopper(random: Random): object {
  return {
    customer: { country: random.weighted(countries), plan: random.weighted(plans) },
    payment: { brand: random.weighted(brands) },
    appVersion: random.weighted(appVersions),
  };
}

/** All there are; those of the last answer where the shop gives none. */
export function listCategories(userAgent?: string): typeof categories {
  const answer = call<{ categories: { slug: string }[] }>({
    method: 'GET',
    name: '/api/categories',
    path: '/api/categories',
    status: 200,
    expects: 'the categories are listed',
    ...(userAgent !== undefined && { userAgent }),
  });
  if (answer) categories = answer.categories;
  return categories;
}

/** One page of a category: what is on it, and how many pages there are. */
export function listPage(category: string, page: number, userAgent?: string) {
  return call<{ products: Product[]; pages: number }>({
    method: 'GET',
    name: '/api/products',
    path: `/api/products?category=${category}&page=${page}`,
    status: 200,
    expects: 'the category lists products',
    ...(userAgent !== undefined && { userAgent }),
  });
}

function listProducts(random: Random): Product | undefined {
  const { slug } = categories[random.below(categories.length)]!;
  const listing = listPage(slug, 1 + random.below(pages));
  const product = listing?.products[random.below(listing.products.length)];
  if (product) seen[seen.length < rememberedProducts ? seen.length : random.below(rememberedProducts)] = product;
  return product;
}

/** A product this shopper has seen, or on a first visit one from the listing that they are looking at. */
function knownProduct(random: Random, pause: () => void): Product | undefined {
  if (seen.length > 0) return seen[random.below(seen.length)];
  if (categories.length === 0 && listCategories().length === 0) return undefined;
  const product = listProducts(random);
  if (product) pause();
  return product;
}

/** The page of a product; undefined where it is not shown. */
export function showProduct({ id }: Product): Product | undefined {
  return call<Product>({
    method: 'GET',
    name: '/api/products/:id',
    path: `/api/products/${id}`,
    status: 200,
    expects: 'the product is shown',
  });
}
