import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LoadEngine } from '../../../orchestrator/load/engine.ts';
import { loadEngines } from '../../../orchestrator/load/index.ts';
import { type LoadProfile, readProfiles } from '../../../orchestrator/load/profiles.ts';
import { type Seen, startStubStorefront } from '../../support/stub-storefront.ts';
import { scriptFolder } from './scripts.ts';

const folder = scriptFolder();
afterAll(() => folder.remove());

const profiles = readProfiles(join(process.cwd(), 'load-profiles', 'profiles.yaml'));
const { embedded, 'k6-binary': k6 } = loadEngines;

/** Plays a profile to its end against a storefront with made-up answers. */
async function played(engine: LoadEngine, { name, script }: LoadProfile, env: Readonly<Record<string, string>>) {
  const stub = await startStubStorefront();
  try {
    const run = await engine.start({
      script,
      env: { BASE_URL: stub.url, SEED: '1', ...env },
      logFile: join(folder.dir, `${engine.name}-${name}.log`),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const ended = await run.ended;
    return { ended, seen: [...stub.seen], ...(await run.stop()) };
  } finally {
    await stub.close();
  }
}

const visited = (seen: readonly Seen[]): readonly string[] => [...new Set(seen.map(({ route }) => route))];

for (const engine of [embedded, k6]) {
  const found = await engine.probe();
  // Without k6 this is skipped in plain sight; in CI it runs all the same, and fails.
  describe.skipIf(!found.available && !process.env['CI'])(`the profiles on ${engine.name}`, () => {
    test.each(profiles.map((profile) => [profile.name, profile] as const))('%s', async (_, profile) => {
      const { ended, seen, requests, failed, checks } = await played(engine, profile, { RATE: '8', DURATION: '4s' });
      expect(ended).toEqual({ code: 0 });
      expect(requests).toBe(seen.length);
      expect(failed).toBe(0);
      expect(checks.filter(({ fails }) => fails > 0)).toEqual([]);
      // Nothing but what profiles.yaml says it reaches, and every request begins a sampled trace of its own.
      expect(visited(seen).filter((route) => !profile.reaches?.['storefront']?.includes(route))).toEqual([]);
      const traces = seen.map(({ traceparent = '' }) => traceparent);
      expect(traces.filter((one) => !/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/.test(one))).toEqual([]);
      expect(new Set(traces.map((one) => one.slice(3, 35))).size).toBe(traces.length);
    });

    const named = (name: string): LoadProfile => profiles.find((profile) => profile.name === name)!;

    test('bot-flood without its shoppers only crawls', async () => {
      const env = { RATE: '10', SHOPPERS: '0', DURATION: '3s' };
      const { seen, iterations } = await played(engine, named('bot-flood'), env);
      expect(visited(seen).toSorted()).toEqual(['GET /api/categories', 'GET /api/products', 'GET /api/search']);
      expect(Math.abs(iterations - 30)).toBeLessThanOrEqual(1);
    });

    test('a lunch rush has its height where it is planned, and goes on as it ended', async () => {
      const env = { RATE: '20', DURATION: '8s', PLANNED: '5s' };
      const { iterations } = await played(engine, named('lunch-rush'), env);
      // Five seconds of the shape (30 % for 1 s, up in 1 s, height for 1.5 s, down in 1 s, 30 % for 0.5 s), then 30 % for three.
      const expected = 20 * (0.3 + 0.65 + 1.5 + 0.65 + 0.15 + 0.9);
      expect(Math.abs(iterations - expected)).toBeLessThanOrEqual(3);
    });

    test('a flash sale is about one product, and may sell out', async () => {
      const { seen } = await played(engine, named('flash-sale'), { RATE: '20', DURATION: '4s', PRODUCT: '4711' });
      const wanted = seen.filter(({ body }) => JSON.stringify(body)?.includes('"productId":"4711"'));
      expect(wanted.length).toBeGreaterThan(3);
    });
  });
}
