import { addErrorHandling, createApp } from '../lib/app.ts';
import { isAtLeast } from '../lib/config.ts';
import { openDatabase } from '../lib/database.ts';
import { notFound } from '../lib/errors.ts';
import { openFlags } from '../lib/flags.ts';
import { integerIn, textIn } from '../lib/input.ts';
import { startService } from '../lib/service.ts';
import { listProducts, listProductsLive } from './listing.ts';
import { findProduct, listCategories, searchProducts } from './products.ts';

startService('catalog', (config) => {
  const database = openDatabase(config);
  const flags = openFlags(config);
  const app = createApp(config);

  app.get('/categories', async (_request, response) => {
    response.json({ categories: await listCategories(database) });
  });

  app.get('/products', async (request, response) => {
    const query = {
      category: textIn(request.query['category'], 'category'),
      page: integerIn(request.query['page'] ?? '1', 'page', { min: 1, max: 10_000 }),
    };
    const isLive = isAtLeast(config.version, '2.5.0') && (await flags.isOn('live-prices'));
    const listing = await (isLive ? listProductsLive : listProducts)(database, query);
    if (listing === undefined) throw notFound(`category ${query.category}`);
    response.json(listing);
  });

  app.get('/products/:id', async (request, response) => {
    const id = integerIn(request.params.id, 'id', { min: 1, max: 2 ** 31 - 1 });
    const product = await findProduct(database, id);
    if (product === undefined) throw notFound(`product ${id}`);
    response.json(product);
  });

  app.get('/search', async (request, response) => {
    response.json({ products: await searchProducts(database, textIn(request.query['q'], 'q')) });
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
