import { addErrorHandling, createApp } from '../lib/app.ts';
import { clientOf } from '../lib/client.ts';
import { isAtLeast } from '../lib/config.ts';
import { openDatabase } from '../lib/database.ts';
import { notFound } from '../lib/errors.ts';
import { openFlags } from '../lib/flags.ts';
import { markOrder, readOrder } from '../lib/order-request.ts';
import { startService } from '../lib/service.ts';
import { placeOrder } from './checkout.ts';
import { findOrder } from './orders.ts';
import { nationalTax, regionalTax } from './tax.ts';

startService('checkout', (config) => {
  const database = openDatabase(config);
  const flags = openFlags(config);
  const app = createApp(config);
  const services = {
    database,
    cart: clientOf('cart'),
    inventory: clientOf('inventory'),
    // A payment waits for the bank.
    payment: clientOf('payment', 6000),
  };

  app.post('/orders', async (request, response) => {
    const order = readOrder(request.body);
    markOrder(order);
    const isRegional = isAtLeast(config.version, '1.10.0') && (await flags.isOn('regional-tax'));
    response.status(201).json(await placeOrder(services, order, isRegional ? regionalTax : nationalTax));
  });

  app.get('/orders/:id', async (request, response) => {
    const order = await findOrder(database, request.params.id);
    if (order === undefined) throw notFound('This order');
    response.json(order);
  });

  addErrorHandling(app);
  return {
    handler: app,
    async close() {
      await flags.close();
      await database.end();
    },
  };
});
