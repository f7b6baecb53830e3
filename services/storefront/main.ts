import { addErrorHandling, createApp } from '../lib/app.ts';
import { startService } from '../lib/service.ts';
import { addApi } from './api.ts';
import { errorPage } from './pages.ts';
import { connectShop } from './shop.ts';
import { addSite } from './site.ts';

startService('storefront', (config) => {
  const app = createApp(config);
  const shop = connectShop();
  addApi(app, shop);
  addSite(app, shop);
  addErrorHandling(app, ({ status, message }, request) =>
    request.path.startsWith('/api/') ? undefined : errorPage(status, message),
  );
  return { handler: app, close: () => Promise.resolve() };
});
