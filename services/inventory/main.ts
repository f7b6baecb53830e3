import { addErrorHandling, createApp } from '../lib/app.ts';
import { openDatabase } from '../lib/database.ts';
import { badRequest } from '../lib/errors.ts';
import { integerIn, objectIn, textIn } from '../lib/input.ts';
import { startService } from '../lib/service.ts';
import { type Line, release, reserve, stockOf } from './stock.ts';

startService('inventory', (config) => {
  const database = openDatabase(config);
  const app = createApp(config);

  app.get('/stock', async (request, response) => {
    const ids = textIn(request.query['products'], 'products', 2000).split(',').map(productId);
    response.json({ stock: await stockOf(database, ids) });
  });

  app.post('/reservations', async (request, response) => {
    response.status(201).json({ id: await reserve(database, linesIn(request.body)) });
  });

  app.delete('/reservations/:id', async (request, response) => {
    await release(database, request.params.id);
    response.status(204).end();
  });

  addErrorHandling(app);
  return { handler: app, close: () => database.end() };
});

function linesIn(body: unknown): readonly Line[] {
  const { lines } = objectIn(body, 'reservation');
  if (!Array.isArray(lines) || lines.length === 0) throw badRequest('lines has to be a list');
  return lines.map((value: unknown) => {
    const line = objectIn(value, 'line');
    return {
      productId: productId(line['productId']),
      quantity: integerIn(line['quantity'], 'quantity', { min: 1, max: 10_000 }),
    };
  });
}

function productId(value: unknown): number {
  return integerIn(value, 'productId', { min: 1, max: 2 ** 31 - 1 });
}
