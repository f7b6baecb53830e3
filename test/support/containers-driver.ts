// Starts the fake shop as containers from a process of its own, so that a test can kill it: prints what runs as one line of JSON, then waits.
import { createContainersRuntime } from '../../orchestrator/runtime/containers/runtime.ts';
import { fakeFiles, sweeper } from './container-subjects.ts';
import { fakeShop } from './runtime-subjects.ts';

const [folder = '', runId = '', otlpEndpoint = ''] = process.argv.slice(2);
const shop = await createContainersRuntime({ files: fakeFiles(folder), sweeper }).start({
  runId,
  shop: fakeShop,
  seed: '42',
  runDir: `${folder}/${runId}`,
  cacheDir: `${folder}/cache`,
  otlpEndpoint,
  flagsUrl: otlpEndpoint,
  signal: new AbortController().signal,
  progress: () => undefined,
});
shop.onLost((error) => console.log(JSON.stringify({ lost: error.code, hint: error.hint })));
process.on(
  'SIGTERM',
  () =>
    void shop
      .stop()
      .then((left) => console.log(JSON.stringify({ left })))
      .then(() => process.exit(0)),
);
console.log(JSON.stringify({ url: shop.url }));
setInterval(() => undefined, 60_000);
