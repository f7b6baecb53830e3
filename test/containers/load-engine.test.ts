import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadEngines } from '../../orchestrator/load/index.ts';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import { play, scriptFolder } from '../contract/load/scripts.ts';
import { containersSubject, isLoadOnEngine, onEngine } from '../support/container-subjects.ts';
import { provideK6Image } from '../support/k6-image.ts';
import { loadContract } from '../support/load-contract.ts';
import { fakeShop } from '../support/runtime-subjects.ts';

const engine = loadEngines['k6-container'];
const removeImage = await provideK6Image(await connectEngine());
const folder = scriptFolder();
afterAll(async () => {
  folder.remove();
  await removeImage();
});

loadContract({ engine, isThere: isLoadOnEngine });

test('the shop of containers is reached in its own network, by its name there', async () => {
  const { runtime, folder: runs, otlpEndpoint, remove } = await containersSubject();
  const runId = `load-engine-${process.pid}`;
  const shop = await runtime.start({
    runId,
    shop: fakeShop,
    seed: '42',
    runDir: join(runs, runId),
    cacheDir: join(runs, 'cache'),
    otlpEndpoint,
    flagsUrl: otlpEndpoint,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  try {
    const script = folder.write(
      'inside.ts',
      `import http from 'k6/http';
import { check } from 'k6';
export default () => void check(http.get(\`\${__ENV.BASE_URL}/item\`), { [__ENV.BASE_URL]: ({ status }) => status === 200 });
`,
    );
    const { checks } = await play(engine, script, { BASE_URL: shop.url });
    expect(checks).toEqual([{ name: 'http://network-proxy:20000', passes: 1, fails: 0 }]);
  } finally {
    expect(await shop.stop()).toEqual([]);
    await remove();
  }
  expect(await onEngine(runId)).toEqual([]);
});
