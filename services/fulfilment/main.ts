import { addErrorHandling, createApp } from '../lib/app.ts';
import { openDatabase } from '../lib/database.ts';
import { startService } from '../lib/service.ts';
import { startWorker } from './worker.ts';

startService('fulfilment', (config) => {
  const database = openDatabase(config);
  const app = createApp(config);
  addErrorHandling(app);
  const stopWorker = startWorker(database);
  return {
    handler: app,
    async close() {
      await stopWorker();
      await database.end();
    },
  };
});
