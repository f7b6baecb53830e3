import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanRuns } from '../../../orchestrator/runtime/process/clean.ts';
import { isAlive } from '../../../orchestrator/runtime/process/identity.ts';
import { createProcessRuntime } from '../../../orchestrator/runtime/process/runtime.ts';
import { stateRoot } from '../../../orchestrator/runtime/process/run-state.ts';
import { buildFakeShop, fakeShop, layoutIn, makeFolder } from '../../support/runtime-subjects.ts';
import { isOpen, runtimeContract } from './runtime-contract.ts';

runtimeContract('the process runtime', async () => {
  const folder = await makeFolder();
  return {
    runtime: createProcessRuntime(await buildFakeShop(folder.path)),
    folder: folder.path,
    left: async (runId) => (existsSync(join(stateRoot(), runId)) ? [join(stateRoot(), runId)] : []),
    remove: folder.remove,
  };
});

describe('what the process runtime leaves behind', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let runs = 0;
  const drivers: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await makeFolder();
    await buildFakeShop(folder.path);
  });
  afterAll(async () => {
    for (const driver of drivers) driver.kill('SIGKILL');
    await folder.remove();
  });

  /** A process that has started the fake shop, and everything that belongs to its run. */
  async function startDriver(...args: string[]) {
    runs += 1;
    const runId = `driver-${process.pid}-${runs}`;
    const script = join(import.meta.dirname, '../../support/runtime-driver.ts');
    const driver = spawn(process.execPath, [script, folder.path, runId, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    drivers.push(driver);
    const [line] = (await once(createInterface(driver.stdout), 'line')) as [string];
    const urls = JSON.parse(line) as Record<string, string>;
    const state = join(stateRoot(), runId);
    const children = readFileSync(join(state, 'processes'), 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.split('\t'))
      .map(([pid, startTime = '', , name]) => ({ pid: Number(pid), startTime, name }));
    const left = async () => ({
      processes: children.filter(isAlive).map(({ name }) => name),
      ports: (await Promise.all(Object.values(urls).map((url) => isOpen(Number(new URL(url).port))))).filter(Boolean),
      state: existsSync(state),
    });
    return { driver, runId, state, children, left };
  }

  const nothing = { processes: [], ports: [], state: false };

  test('after kill -9 of the orchestrator: no process, port or folder within 10 s, and clean says so', async () => {
    const { driver, children, left } = await startDriver();
    expect(children.filter(isAlive).length).toBeGreaterThanOrEqual(5);
    driver.kill('SIGKILL');
    await expect.poll(left, { timeout: 10_000, interval: 100 }).toEqual(nothing);
    expect(await cleanRuns()).toEqual({ runs: [], done: [], left: [] });
  });

  test('after kill -9 with one service stuck in a loop and another one paused', async () => {
    const { driver, children, left } = await startDriver('stuck');
    const worker = children.find(({ name }) => name === 'worker');
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    driver.kill('SIGKILL');
    await expect.poll(left, { timeout: 10_000, interval: 100 }).toEqual(nothing);
  });

  test('after SIGTERM, which stops in order', async () => {
    const { driver, left } = await startDriver();
    driver.kill('SIGTERM');
    expect(await once(driver, 'exit')).toEqual([0, null]);
    expect(await left()).toEqual(nothing);
  });

  test('clean ends what is left when the guard was killed too, and leaves a live run alone', async () => {
    const [dead, live] = await Promise.all([startDriver(), startDriver()]);
    // Stopped first, so that neither the children nor the guard can do it by themselves.
    for (const { pid } of dead.children.filter(isAlive)) process.kill(pid, 'SIGSTOP');
    const guard = readdirSync('/proc').find((pid) => commandLine(pid).includes(`guard\0${dead.state}\0`));
    process.kill(Number(guard), 'SIGKILL');
    dead.driver.kill('SIGKILL');
    await once(dead.driver, 'exit');
    const before = await dead.left();
    expect(before.processes).toEqual(expect.arrayContaining(['postgres', 'storefront', 'network-proxy']));
    const report = await cleanRuns();
    expect(report).toMatchObject({ runs: [dead.runId], left: [] });
    expect(report.done).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ended postgres \(\d+\)/), `removed ${dead.state}`]),
    );
    expect(await dead.left()).toEqual(nothing);
    expect((await live.left()).processes).toEqual(expect.arrayContaining(['postgres', 'storefront']));
    live.driver.kill('SIGTERM');
    await once(live.driver, 'exit');
    expect(await live.left()).toEqual(nothing);
  });

  const start = (over: object = {}) => {
    runs += 1;
    const runId = `cache-${process.pid}-${runs}`;
    const progress: string[] = [];
    const starting = createProcessRuntime(layoutIn(folder.path)).start({
      runId,
      shop: fakeShop,
      seed: '42',
      runDir: join(folder.path, runId),
      cacheDir: join(folder.path, 'cache'),
      otlpEndpoint: 'http://127.0.0.1:9',
      flagsUrl: 'http://127.0.0.1:9/flags',
      signal: new AbortController().signal,
      progress: (line) => progress.push(line),
      ...over,
    });
    return starting.then((shop) => ({ shop, progress }));
  };

  test('a cached database that lost a part, or that does not start, is made anew', async () => {
    const cache = join(folder.path, 'cache', 'databases');
    const entry = () => join(cache, readdirSync(cache)[0] ?? '');
    await start().then(({ shop }) => shop.stop());
    rmSync(join(entry(), 'data', 'global', 'pg_control'));
    const first = await start();
    expect(first.progress.join('\n')).toContain('making the database');
    await first.shop.stop();
    // The right size, the wrong content.
    const control = join(entry(), 'data', 'global', 'pg_control');
    const { length } = readFileSync(control);
    truncateSync(control);
    writeFileSync(control, Buffer.alloc(length));
    const second = await start();
    expect(second.progress.join('\n')).toContain('does not start and is made anew');
    expect(await (await fetch(`${second.shop.url}/item`)).json()).toEqual({ name: 'item 7 of seed 42' });
    expect(await second.shop.stop()).toEqual([]);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  test('a cache that cannot be written costs time only, and the user is told', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const { shop, progress } = await start({ cacheDir: join(file, 'cache') });
    expect(progress.join('\n')).toContain('the database could not be kept: ENOTDIR');
    expect(await (await fetch(`${shop.url}/item`)).json()).toEqual({ name: 'item 7 of seed 42' });
    expect(await shop.stop()).toEqual([]);
  });

  test('a run whose name is playing is refused', async () => {
    const { runId, driver } = await startDriver();
    await expect(start({ runId })).rejects.toMatchObject({ code: 'run-exists', exitCode: 3 });
    driver.kill('SIGTERM');
    await once(driver, 'exit');
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Not a process, or one that has ended meanwhile.
    return '';
  }
}
