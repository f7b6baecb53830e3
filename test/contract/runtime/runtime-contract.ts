import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { Client } from 'pg';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Crash, RunningShop, Runtime, StartOptions } from '../../../orchestrator/runtime/runtime.ts';
import type { Shop } from '../../../orchestrator/runtime/shop.ts';
import { fakeShop } from '../../support/runtime-subjects.ts';

export interface RuntimeSubject {
  readonly runtime: Runtime;
  /** A folder for runs and caches. */
  readonly folder: string;
  /** A server that the shop can reach, where the runtime looks whether it can. */
  readonly otlpEndpoint?: string;
  /** What is left of a run. */
  readonly left: (runId: string) => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** What every runtime keeps, played on the fake shop. */
export function runtimeContract(name: string, makeSubject: () => Promise<RuntimeSubject>): void {
  describe(name, () => {
    let subject: RuntimeSubject;
    let shop: RunningShop;
    let runs = 0;
    const crashes: Crash[] = [];
    const progress: string[] = [];

    const startOptions = (over: Partial<StartOptions> = {}): StartOptions => {
      runs += 1;
      const runId = `contract-${process.pid}-${runs}`;
      return {
        runId,
        shop: fakeShop,
        seed: '42',
        runDir: join(subject.folder, runId),
        cacheDir: join(subject.folder, 'cache'),
        otlpEndpoint: subject.otlpEndpoint ?? 'http://127.0.0.1:9',
        flagsUrl: 'http://127.0.0.1:9/flags',
        signal: new AbortController().signal,
        progress: (line) => progress.push(line),
        ...over,
      };
    };

    beforeAll(async () => {
      subject = await makeSubject();
      shop = await subject.runtime.start(startOptions());
      shop.onCrash((crash) => crashes.push(crash));
    });
    afterAll(async () => {
      await shop?.stop();
      await subject?.remove();
    });

    const ask = async <T>(path: string, url = shop.url): Promise<T> => (await (await fetch(url + path)).json()) as T;
    const link = (proxy: string) => `http://${shop.network.addressOf(proxy)}`;
    const proxyOf = (proxy: string) => new Toxiproxy(shop.network.apiUrl).get(proxy);

    test('the started shop answers from its seeded database and through its links', async () => {
      expect(await ask('/item')).toEqual({ name: 'item 7 of seed 42' });
      expect(await ask('/back')).toMatchObject({ version: '1.0.0' });
      expect(progress.join('\n')).toMatch(/postgres ready after \d+ ms/);
    });

    test('every dependency has a link of its own, named caller->callee', async () => {
      const proxies = await new Toxiproxy(shop.network.apiUrl).getAll();
      // A runtime may let visitors in by a link as well.
      const links = Object.keys(proxies).filter((each) => !each.startsWith('visitor->'));
      expect(links.toSorted()).toEqual([
        'back->postgres',
        'storefront->back',
        'storefront->postgres',
        'worker->postgres',
      ]);
      const proxy = proxies['storefront->back'];
      const toxic = await proxy?.addToxic({
        name: 'slow',
        type: 'latency',
        stream: 'downstream',
        toxicity: 1,
        attributes: { latency: 300, jitter: 0 },
      });
      const from = performance.now();
      await ask('/back');
      expect(performance.now() - from).toBeGreaterThan(290);
      await toxic?.remove();
    });

    test('services see the variables of the contract and nothing of the user that would change them', async () => {
      const env = await ask<Record<string, string>>('/env');
      expect(env).toMatchObject({ SERVICE_VERSION: '1.0.0', SEED: '42', FLAGS_URL: 'http://127.0.0.1:9/flags' });
      expect(env['BACK_URL']).toMatch(/^http:\/\/[^/]+:\d+$/);
      expect(env['DATABASE_URL']).toMatch(/^postgres:\/\/postgres@[^/]+:\d+\/shop$/);
      expect(env).not.toHaveProperty('NODE_OPTIONS');
      expect(env).not.toHaveProperty('VITEST');
    });

    test('the database can be asked directly and shows its statements', async () => {
      const client = new Client(shop.database.connectionString);
      await client.connect();
      const { rows } = await client.query('select count(*)::int as count from pg_stat_statements');
      expect((rows[0] as { count: number }).count).toBeGreaterThan(0);
      expect((await client.query('show jit')).rows).toEqual([{ jit: 'off' }]);
      await client.end();
    });

    test('a release under traffic loses no request, and answers with the new version afterwards', async () => {
      const target = link('storefront->back');
      const pool = new Pool(target, { connections: 16, keepAliveTimeout: 1000, keepAliveMaxTimeout: 1000 });
      const versions = new Set<string>();
      const failures: unknown[] = [];
      let sent = 0;
      const traffic = { going: true };
      const request = async () => {
        try {
          const { body, statusCode } = await pool.request({ method: 'GET', path: '/who' });
          versions.add(((await body.json()) as { version: string }).version);
          if (statusCode !== 200) failures.push(statusCode);
        } catch (error) {
          failures.push(error);
        }
      };
      /** As the above, on a connection of its own each time. */
      const fresh = async () => {
        try {
          const [response] = (await once(get(`${target}/who`, { agent: false }), 'response')) as [IncomingMessage];
          response.resume();
          await once(response, 'end');
        } catch (error) {
          failures.push(error);
        }
      };
      const visitors = Array.from({ length: 4 }, async (_, index) => {
        while (traffic.going) {
          sent += 1;
          await (index % 2 === 0 ? request() : fresh());
        }
      });
      await shop.release('back', { version: '1.1.0', env: { GREETING: 'hello' } });
      const { version, greeting, instance } = await ask<{ version: string; greeting: string; instance: string }>(
        '/who',
        target,
      );
      expect({ version, greeting }).toEqual({ version: '1.1.0', greeting: 'hello' });
      expect(shop.version('back')).toBe('1.1.0');
      // The same version again, told apart by its instance alone.
      await shop.release('back', { version: '1.1.0' });
      expect((await ask<{ instance: string }>('/who', target)).instance).not.toBe(instance);
      await shop.release('back', { version: '1.0.0' });
      traffic.going = false;
      await Promise.all(visitors);
      await pool.close();
      expect(failures).toEqual([]);
      expect(sent).toBeGreaterThan(100);
      expect([...versions].toSorted()).toEqual(['1.0.0', '1.1.0']);
      expect(shop.version('back')).toBe('1.0.0');
    });

    test('a release that does not start is refused with its log, and the old one stays', async () => {
      const before = await ask<{ instance: string }>('/back');
      const failing = shop.release('back', { version: '1.1.0', env: { FAIL_AT_START: 'cannot read the price list' } });
      await expect(failing).rejects.toMatchObject({
        code: 'process-failed',
        exitCode: 3,
        message: 'back ended at its start with exit code 7',
        logTail: expect.arrayContaining([expect.stringContaining('cannot read the price list')]) as unknown,
      });
      expect(await ask('/back')).toEqual(before);
      expect(shop.version('back')).toBe('1.0.0');
      expect(crashes).toEqual([]);
    });

    test('logs are the lines a service wrote since a moment', async () => {
      await ask('/who');
      const since = Date.now() + 1;
      await expect.poll(() => Date.now()).toBeGreaterThan(since);
      await ask('/item');
      const lines = await shop.logs('storefront', since);
      expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual(['/item']);
      expect(await shop.logs('storefront', Date.now() + 60_000)).toEqual([]);
    });

    test('a service that crashes is reported with its log and comes back', async () => {
      const { instance } = await ask<{ instance: string }>('/back');
      await expect(fetch(`${link('storefront->back')}/crash`)).rejects.toThrow();
      await expect.poll(() => crashes, { timeout: 5000 }).toHaveLength(1);
      expect(crashes[0]).toMatchObject({ process: 'back', exit: 'exit code 9' });
      expect(crashes[0]?.logTail.at(-1)).toContain('/crash');
      await expect
        .poll(
          () =>
            ask<{ instance: string }>('/back').then(
              (answer) => answer.instance,
              () => instance,
            ),
          { timeout: 10_000 },
        )
        .not.toBe(instance);
      await expect.poll(() => shop.look('back'), { timeout: 5000 }).toMatchObject({ state: 'running' });
    });

    test('a service that is paused accepts connections and answers nothing, until it is resumed', async () => {
      expect(await shop.look('back')).toMatchObject({ state: 'running' });
      await shop.pause('back');
      expect(await shop.look('back')).toMatchObject({
        state: 'paused',
        words: expect.stringContaining('back') as string,
      });
      await expect(
        fetch(`${link('storefront->back')}/who`, { signal: AbortSignal.timeout(700) }),
      ).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      await shop.resume('back');
      await shop.resume('back');
      expect(await shop.look('back')).toMatchObject({ state: 'running' });
      expect(await ask('/back')).toMatchObject({ version: '1.0.0' });
      expect(crashes).toHaveLength(1);
    });

    test('a service that is killed refuses at once and stays down, until it is revived in its release', async () => {
      const { instance } = await ask<{ instance: string }>('/back');
      await shop.kill('back');
      expect(await shop.look('back')).toMatchObject({ state: 'down' });
      const from = performance.now();
      await expect(fetch(`${link('storefront->back')}/who`)).rejects.toThrow();
      expect(performance.now() - from).toBeLessThan(1000);
      await sleep(1500);
      expect(await shop.look('back')).toMatchObject({ state: 'down' });
      await shop.revive('back');
      await shop.revive('back');
      const after = await ask<{ instance: string; version: string }>('/back');
      expect(after.version).toBe('1.0.0');
      expect(after.instance).not.toBe(instance);
      // Asked for, it is no crash.
      expect(crashes).toHaveLength(1);
    });

    test('a link that is cut refuses, others go on, and it works again afterwards', async () => {
      const proxy = await proxyOf('storefront->postgres');
      await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
      expect((await fetch(`${shop.url}/item`)).status).toBe(500);
      expect(await ask('/back')).toMatchObject({ version: '1.0.0' });
      await proxy.update({ enabled: true, listen: proxy.listen, upstream: proxy.upstream });
      await expect.poll(() => ask('/item').catch(() => undefined)).toEqual({ name: 'item 7 of seed 42' });
    });

    test('the CPU of a service can be limited, where the runtime declares it', async () => {
      if (!subject.runtime.capabilities.has('limits')) {
        await expect(shop.limitCpu('back', 0.2)).rejects.toThrow('cannot limit');
        return;
      }
      const work = `${link('storefront->back')}/work`;
      const free = await tookMs(work);
      const before = (await shop.look('back')).cpu;
      await shop.limitCpu('back', 0.2);
      const throttled = await tookMs(work);
      expect(throttled).toBeGreaterThan(2 * free);
      const limited = (await shop.look('back')).cpu;
      expect(limited?.limitCores).toBeCloseTo(0.2);
      expect(limited?.throttledPeriods).toBeGreaterThan((before?.throttledPeriods ?? 0) + 5);
      expect(limited?.throttledMs).toBeGreaterThan((before?.throttledMs ?? 0) + 500);
      await shop.limitCpu('back');
      expect((await shop.look('back')).cpu?.limitCores).toBe(before?.limitCores);
      expect(await tookMs(work)).toBeLessThan(throttled / 2);
    });

    test('the footprint names every process with memory and CPU time', async () => {
      const footprint = await shop.footprint();
      const names = footprint.map((process) => process.name);
      for (const wanted of ['orchestrator', 'postgres', 'network-proxy', 'storefront', 'back', 'worker']) {
        expect(
          names.filter((each) => each === wanted),
          wanted,
        ).toHaveLength(1);
      }
      for (const { name: process, pssMb } of footprint.filter((each) => each.name !== 'guard')) {
        expect(pssMb, process).toBeGreaterThan(1);
        expect(pssMb, process).toBeLessThan(1000);
      }
    });

    test('a process that it adopts is in the footprint by its name, and ends with the run', async () => {
      const stranger = spawn('sleep', ['60']);
      const ended = once(stranger, 'exit');
      shop.adopt(stranger.pid ?? 0, 'load');
      expect((await shop.footprint()).map((process) => process.name)).toContain('load');
      expect(await shop.stop()).toEqual([]);
      expect(await ended).toEqual([null, 'SIGTERM']);
      shop = await subject.runtime.start(startOptions());
    });

    test('stop leaves nothing behind, even when asked twice', async () => {
      await shop.pause('back');
      const ports = [shop.url, shop.network.apiUrl, shop.database.connectionString].map((url) =>
        Number(new URL(url).port),
      );
      expect(await Promise.all([shop.stop(), shop.stop()])).toEqual([[], []]);
      expect(await Promise.all(ports.map(isOpen))).toEqual([false, false, false]);
    });

    test('a second start reuses the seeded database', async () => {
      progress.length = 0;
      shop = await subject.runtime.start(startOptions());
      expect(progress.join('\n')).not.toContain('making the database');
      expect(await ask('/item')).toEqual({ name: 'item 7 of seed 42' });
      expect(await shop.stop()).toEqual([]);
    });

    test('a service that dies at its start fails the start with its log, and everything is stopped', async () => {
      const { back, ...others } = fakeShop.services as Record<string, NonNullable<Shop['services'][string]>>;
      const broken: Shop = {
        ...fakeShop,
        services: { ...others, back: { ...(back as NonNullable<typeof back>), version: 'broken' } },
      };
      const options = startOptions({ shop: broken });
      await expect(subject.runtime.start(options)).rejects.toMatchObject({
        exitCode: 3,
        message: 'back ended at its start with exit code 7',
        logTail: expect.arrayContaining([expect.stringContaining('no such release')]) as unknown,
      });
      expect(await subject.left(options.runId)).toEqual([]);
    });

    test('an aborted start stops what it has started and throws the reason', async () => {
      const abort = new AbortController();
      const reason = new Error('the user pressed Ctrl-C');
      const options = startOptions({ signal: abort.signal, progress: () => abort.abort(reason) });
      await expect(subject.runtime.start(options)).rejects.toBe(reason);
      expect(await subject.left(options.runId)).toEqual([]);
    });
  });
}

async function tookMs(url: string): Promise<number> {
  const from = performance.now();
  await (await fetch(url)).text();
  return performance.now() - from;
}

/** Whether somebody listens on a port of 127.0.0.1. */
export async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}
