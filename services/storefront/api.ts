import type { Express } from 'express';
import { integerIn, textIn } from '../lib/input.ts';
import { markOrder, readOrder } from '../lib/order-request.ts';
import type { Shop } from './shop.ts';

/** The JSON API for apps. */
export function addApi(app: Express, shop: Shop): void {
  app.get('/api/categories', async (_request, response) => {
    response.json({ categories: await shop.categories() });
  });

  app.get('/api/products', async (request, response) => {
    const page = integerIn(request.query['page'] ?? '1', 'page', { min: 1, max: 10_000 });
    response.json(await shop.products(textIn(request.query['category'], 'category'), page));
  });

  app.get('/api/products/:id', async (request, response) => {
    response.json(await shop.product(productId(request.params.id)));
  });

  app.get('/api/search', async (request, response) => {
    response.json({ products: await shop.search(textIn(request.query['q'], 'q')) });
  });

  app.post('/api/carts', async (_request, response) => {
    response.status(201).json(await shop.createCart());
  });

  app.get('/api/carts/:id', async (request, response) => {
    response.json(await shop.cart(request.params.id));
  });

  app.post('/api/carts/:id/items', async (request, response) => {
    response.status(201).json(await shop.addToCart(request.params.id, itemIn(request.body)));
  });

  app.post('/api/orders', async (request, response) => {
    const order = readOrder(request.body);
    markOrder(order);
    response.status(201).json(await shop.order(order));
  });

  app.get('/api/orders/:id', async (request, response) => {
    response.json(await shop.orderById(request.params.id));
  });
}

export function productId(value: unknown): number {
  return integerIn(value, 'product id', { min: 1, max: 2 ** 31 - 1 });
}

export function itemIn(body: { productId?: unknown; quantity?: unknown } | undefined): {
  productId: number;
  quantity: number;
} {
  return {
    productId: productId(body?.productId),
    quantity: integerIn(body?.quantity, 'quantity', { min: 1, max: 100 }),
  };
}
