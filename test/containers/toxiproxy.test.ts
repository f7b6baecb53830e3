import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine, type Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { buildImage, findImage } from '../../orchestrator/runtime/containers/images/image-store.ts';
import { tarOf } from '../../orchestrator/runtime/containers/images/tar.ts';
import { createContainersRuntime } from '../../orchestrator/runtime/containers/runtime.ts';
import type { RunningShop } from '../../orchestrator/runtime/runtime.ts';
import { isOpen } from '../contract/runtime/runtime-contract.ts';
import { containersSubject, onEngine } from '../support/container-subjects.ts';
import { fakeShop } from '../support/runtime-subjects.ts';

const image = 'showrunner-test/toxiproxy:local';

/** As https://github.com/Shopify/toxiproxy/blob/v2.12.0/Dockerfile, but for the client, which nobody needs here. */
const dockerfile = `FROM scratch
EXPOSE 8474
ENTRYPOINT ["/toxiproxy"]
CMD ["-host=0.0.0.0"]
ENV LOG_LEVEL=info
COPY toxiproxy /toxiproxy
`;

async function buildToxiproxy(engine: Engine, binary: string): Promise<void> {
  const context = tarOf([
    { path: 'Dockerfile', text: dockerfile },
    { path: 'toxiproxy', from: binary },
  ]);
  const recipe = { name: 'test-toxiproxy', reference: image, context };
  await buildImage(engine, recipe, AbortSignal.timeout(60_000));
}

describe('containers with Toxiproxy itself as their network proxy', () => {
  const runId = `toxiproxy-${process.pid}`;
  let engine: Engine;
  let subject: Awaited<ReturnType<typeof containersSubject>>;
  let shop: RunningShop;

  beforeAll(async () => {
    // The stock binary, without C.
    const binary = process.env['SHOWRUNNER_TOXIPROXY'];
    if (!binary) throw new Error('no Toxiproxy: set SHOWRUNNER_TOXIPROXY to what .ci/build-tools/toxiproxy.sh prints');
    engine = await connectEngine();
    await buildToxiproxy(engine, binary);
    subject = await containersSubject();
    const { layout, folder, otlpEndpoint } = subject;
    shop = await createContainersRuntime({ ...layout, networkProxy: { kind: 'toxiproxy', image } }).start({
      runId,
      shop: fakeShop,
      seed: '42',
      runDir: join(folder, runId),
      cacheDir: join(folder, 'cache'),
      otlpEndpoint,
      flagsUrl: otlpEndpoint,
      signal: new AbortController().signal,
      progress: () => undefined,
    });
  });
  afterAll(async () => {
    await shop?.stop();
    await subject?.remove();
    if (!engine || !(await findImage(engine, image))) return;
    await engine.docker.getImage(image).remove();
    expect(await findImage(engine, image)).toBeUndefined();
  });

  const who = () => `http://${shop.network.addressOf('storefront->back')}/who`;
  const client = () => new Toxiproxy(shop.network.apiUrl);

  test('it runs without root, and cannot write', async () => {
    const { Config, HostConfig } = await engine.docker.getContainer(`showrunner-${runId}-network-proxy`).inspect();
    expect({ image: Config.Image, user: Config.User, readOnly: HostConfig.ReadonlyRootfs }).toEqual({
      image,
      user: '65534:65534',
      readOnly: true,
    });
  });

  test('the shop answers through its links, which are listed', async () => {
    expect(await ask(`${shop.url}/item`)).toEqual({ name: 'item 7 of seed 42' });
    expect(await ask(`${shop.url}/back`)).toMatchObject({ version: '1.0.0' });
    expect(Object.keys(await client().getAll()).toSorted()).toEqual([
      'back->postgres',
      'storefront->back',
      'storefront->postgres',
      'visitor->storefront',
      'worker->postgres',
    ]);
  });

  test('a latency is felt, and gone when it is removed', async () => {
    const link = await client().get('storefront->back');
    const attributes = { latency: 300, jitter: 0 };
    const toxic = await link.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes,
    });
    expect(await tookMs(`${shop.url}/back`)).toBeGreaterThan(290);
    await toxic.remove();
    expect(await tookMs(`${shop.url}/back`)).toBeLessThan(250);
  });

  test('releases under traffic answer with the new version, lose next to nothing, and hold nothing up for long', async () => {
    const traffic = startTraffic(who());
    // More than one, for what is gone is met by chance.
    for (const version of ['1.1.0', '1.0.0', '1.1.0', '1.0.0', '1.1.0']) {
      await shop.release('back', { version, env: { GREETING: 'hello' } });
      expect(await ask(who())).toMatchObject({ version, greeting: 'hello' });
    }
    const { sent, failed, slowestMs } = await traffic.end();
    expect(sent).toBeGreaterThan(20);
    // Not 0: Toxiproxy cannot hold new connections back, so what the old instance has not accepted when it stops listening is reset.
    expect(failed).toBeLessThanOrEqual(3);
    // It connects to one upstream after the other: the address of a container that has just gone may hold its link up, but not for long.
    expect(slowestMs).toBeLessThan(5000);
  });

  test('a service that is paused answers nothing, until it is resumed', async () => {
    await shop.pause('back');
    await expect(fetch(who(), { signal: AbortSignal.timeout(700) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await shop.resume('back');
    expect(await ask(`${shop.url}/back`)).toMatchObject({ version: '1.1.0' });
  });

  test('a service that is killed refuses within 2 s, until it is revived in its release', async () => {
    await shop.kill('back');
    await expect(fetch(who(), { signal: AbortSignal.timeout(2000) })).rejects.toThrow('fetch failed');
    await shop.revive('back');
    expect(await ask(`${shop.url}/back`)).toMatchObject({ version: '1.1.0' });
  });

  test('a link that is cut refuses, others go on, and it works again afterwards', async () => {
    const link = await client().get('storefront->postgres');
    const cut = (enabled: boolean) => link.update({ enabled, listen: link.listen, upstream: link.upstream });
    await cut(false);
    expect((await fetch(`${shop.url}/item`)).status).toBe(500);
    expect(await ask(`${shop.url}/back`)).toMatchObject({ version: '1.1.0' });
    await cut(true);
    await expect.poll(() => ask(`${shop.url}/item`).catch(() => undefined)).toEqual({ name: 'item 7 of seed 42' });
  });

  test('stop leaves nothing behind', async () => {
    const ports = [shop.url, shop.network.apiUrl].map((url) => Number(new URL(url).port));
    expect(await shop.stop()).toEqual([]);
    expect(await onEngine(runId)).toEqual([]);
    expect(await Promise.all(ports.map(isOpen))).toEqual([false, false]);
  });
});

async function ask(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function tookMs(url: string): Promise<number> {
  const from = performance.now();
  await (await fetch(url)).text();
  return performance.now() - from;
}

const patience = () => ({ signal: AbortSignal.timeout(10_000) });

/** Four visitors, two on connections that are kept, two on a new one each time, until they are ended. */
function startTraffic(url: string) {
  const traffic = { going: true, sent: 0, failed: 0, slowestMs: 0 };
  const onNewConnection = async () => {
    const [response] = (await once(get(url, { agent: false }), 'response', patience())) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
  };
  const onKeptConnection = async () => (await fetch(url, patience())).text();
  const kinds = [onNewConnection, onKeptConnection];
  const visitors = [...kinds, ...kinds].map(async (request) => {
    while (traffic.going) {
      traffic.sent += 1;
      const from = performance.now();
      await request().catch(() => (traffic.failed += 1));
      traffic.slowestMs = Math.max(traffic.slowestMs, performance.now() - from);
    }
  });
  return {
    end: async () => {
      traffic.going = false;
      await Promise.all(visitors);
      return traffic;
    },
  };
}
