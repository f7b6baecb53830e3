import { addErrorHandling, createApp } from '../lib/app.ts';
import { clientOf } from '../lib/client.ts';
import { openDatabase } from '../lib/database.ts';
import { integerIn, objectIn, textIn } from '../lib/input.ts';
import { startService } from '../lib/service.ts';
import { markOrder, readOrderContext } from '../lib/order-request.ts';
import { pay } from './payments.ts';

startService('payment', (config) => {
  const database = openDatabase(config);
  const bank = clientOf('bank', 5000);
  const app = createApp(config);

  app.post('/payments', async (request, response) => {
    const body = objectIn(request.body, 'payment');
    const order = readOrderContext(body);
    markOrder(order);
    const total = {
      amount: integerIn(body['amount'], 'amount', { min: 1, max: 100_000_000 }),
      currency: textIn(body['currency'], 'currency', 3),
    };
    response.status(201).json(await pay({ database, bank }, order.payment.brand, total));
  });

  addErrorHandling(app);
  return { handler: app, close: () => database.end() };
});
