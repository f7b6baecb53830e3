import express, { type CookieOptions, type Express, type Request } from 'express';
import { notFound } from '../lib/errors.ts';
import { integerIn, textIn } from '../lib/input.ts';
import { markOrder, readOrder } from '../lib/order-request.ts';
import { itemIn, productId } from './api.ts';
import { cartPage, categoryPage, checkoutPage, homePage, orderPage, productPage, searchPage } from './pages.ts';
import type { Shop } from './shop.ts';
import type { Cart } from './types.ts';

const cookie: CookieOptions = { httpOnly: true, sameSite: 'lax', path: '/' };

/** The pages for people. The cart is remembered in a cookie. */
export function addSite(app: Express, shop: Shop): void {
  app.use(express.urlencoded({ extended: false, limit: '10kb' }));
  addCatalogPages(app, shop);
  addOrderPages(app, shop);
}

function addCatalogPages(app: Express, shop: Shop): void {
  app.get('/', async (_request, response) => {
    response.type('html').send(homePage(await shop.categories()));
  });

  app.get('/categories/:slug', async (request, response) => {
    const page = integerIn(request.query['page'] ?? '1', 'page', { min: 1, max: 10_000 });
    const { slug } = request.params;
    const [categories, listing] = await Promise.all([shop.categories(), shop.products(slug, page)]);
    const category = categories.find((candidate) => candidate.slug === slug);
    if (category === undefined) throw notFound('This category');
    response.type('html').send(categoryPage(category, listing));
  });

  app.get('/products/:id', async (request, response) => {
    response.type('html').send(productPage(await shop.product(productId(request.params.id))));
  });

  app.get('/search', async (request, response) => {
    const query = textIn(request.query['q'], 'q');
    response.type('html').send(searchPage(query, await shop.search(query)));
  });
}

function addOrderPages(app: Express, shop: Shop): void {
  app.get('/cart', async (request, response) => {
    response.type('html').send(cartPage(await currentCart(shop, request)));
  });

  app.post('/cart/items', async (request, response) => {
    const item = itemIn(request.body);
    const { id } = (await currentCart(shop, request)) ?? (await shop.createCart());
    await shop.addToCart(id, item);
    response.cookie('cart', id, cookie).redirect(303, '/cart');
  });

  app.get('/checkout', async (request, response) => {
    const cart = await currentCart(shop, request);
    if (cart === undefined || cart.items.length === 0) response.redirect(303, '/cart');
    else response.type('html').send(checkoutPage(cart));
  });

  app.post('/checkout', async (request, response) => {
    const form = request.body as { country?: unknown; plan?: unknown; brand?: unknown } | undefined;
    const order = readOrder({
      cartId: cartIdOf(request),
      customer: { country: form?.country, plan: form?.plan },
      payment: { brand: form?.brand },
      appVersion: 'web',
    });
    markOrder(order);
    const { id } = await shop.order(order);
    response.clearCookie('cart', cookie).redirect(303, `/orders/${encodeURIComponent(id)}`);
  });

  app.get('/orders/:id', async (request, response) => {
    response.type('html').send(orderPage(await shop.orderById(request.params.id)));
  });
}

/** The cart of the cookie; undefined without one, or when it is gone because it was ordered. */
async function currentCart(shop: Shop, request: Request): Promise<Cart | undefined> {
  const id = cartIdOf(request);
  if (id === undefined) return undefined;
  return shop.cart(id).catch((error: unknown) => {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  });
}

function cartIdOf(request: Request): string | undefined {
  return /(?:^|;\s*)cart=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
}
