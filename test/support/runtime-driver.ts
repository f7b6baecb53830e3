// Starts the fake shop in a process of its own, so that a test can kill it: prints what runs as one line of JSON, then waits.
import { createProcessRuntime } from '../../orchestrator/runtime/process/runtime.ts';
import { fakeShop, layoutIn } from './runtime-subjects.ts';

const [folder = '', runId = '', stuck] = process.argv.slice(2);
const shop = await createProcessRuntime(layoutIn(folder)).start({
  runId,
  shop: fakeShop,
  seed: '42',
  runDir: `${folder}/${runId}`,
  cacheDir: `${folder}/cache`,
  otlpEndpoint: 'http://127.0.0.1:9',
  flagsUrl: 'http://127.0.0.1:9/flags',
  signal: new AbortController().signal,
  progress: () => undefined,
});
if (stuck) fetch(`${shop.url}/stuck`).catch(() => undefined);
process.on('SIGTERM', () => void shop.stop().then(() => process.exit(0)));
console.log(JSON.stringify({ url: shop.url, apiUrl: shop.network.apiUrl, database: shop.database.connectionString }));
setInterval(() => undefined, 60_000);
