import { addErrorHandling, createApp } from '../lib/app.ts';
import { clientOf } from '../lib/client.ts';
import { openDatabase } from '../lib/database.ts';
import { notFound } from '../lib/errors.ts';
import { integerIn } from '../lib/input.ts';
import type { Money } from '../lib/money.ts';
import { startService } from '../lib/service.ts';
import { addItem, createCart, deleteCart, findCart } from './carts.ts';

startService('cart', (config) => {
  const database = openDatabase(config);
  const catalog = clientOf('catalog');
  const app = createApp(config);

  app.post('/carts', async (_request, response) => {
    response.status(201).json({ id: await createCart(database) });
  });

  app.get('/carts/:id', async (request, response) => {
    const cart = await findCart(database, request.params.id);
    if (cart === undefined) throw notFound('This cart');
    response.json(cart);
  });

  app.post('/carts/:id/items', async (request, response) => {
    const body = request.body as { productId?: unknown; quantity?: unknown } | undefined;
    const productId = integerIn(body?.productId, 'productId', { min: 1, max: 2 ** 31 - 1 });
    const quantity = integerIn(body?.quantity, 'quantity', { min: 1, max: 100 });
    // The price of now is what the customer will pay.
    const product = await catalog.get<{ name: string; price: Money }>(`/products/${productId}`);
    const cart = await addItem(database, request.params.id, {
      productId,
      quantity,
      name: product.name,
      price: product.price,
    });
    if (cart === undefined) throw notFound('This cart');
    response.status(201).json(cart);
  });

  app.delete('/carts/:id', async (request, response) => {
    await deleteCart(database, request.params.id);
    response.status(204).end();
  });

  addErrorHandling(app);
  return { handler: app, close: () => database.end() };
});
