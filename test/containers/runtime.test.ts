import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanAll } from '../../orchestrator/runtime/clean.ts';
import { connectEngine, type Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { stateRoot } from '../../orchestrator/runtime/process/run-state.ts';
import type { Crash, StartOptions } from '../../orchestrator/runtime/runtime.ts';
import { containersSubject, onEngine } from '../support/container-subjects.ts';
import { fakeShop } from '../support/runtime-subjects.ts';
import { runtimeContract } from '../contract/runtime/runtime-contract.ts';

runtimeContract('the containers runtime', containersSubject);

describe('containers', () => {
  let subject: Awaited<ReturnType<typeof containersSubject>>;
  let engine: Engine;
  let runs = 0;
  const drivers: ChildProcess[] = [];

  beforeAll(async () => {
    subject = await containersSubject();
    engine = await connectEngine();
  });
  afterAll(async () => {
    for (const driver of drivers) driver.kill('SIGKILL');
    await subject.remove();
  });

  const newRun = () => `containers-${process.pid}-${(runs += 1)}`;

  const options = (over: Partial<StartOptions> = {}): StartOptions => {
    const runId = over.runId ?? newRun();
    return {
      runId,
      shop: fakeShop,
      seed: '42',
      runDir: join(subject.folder, runId),
      cacheDir: join(subject.folder, 'cache'),
      otlpEndpoint: subject.otlpEndpoint,
      flagsUrl: subject.otlpEndpoint,
      signal: new AbortController().signal,
      progress: () => undefined,
      ...over,
    };
  };

  /** A process that has started the fake shop, and the lines that it prints. */
  async function startDriver() {
    const runId = newRun();
    const script = join(import.meta.dirname, '../support/containers-driver.ts');
    const driver = spawn(process.execPath, [script, subject.folder, runId, subject.otlpEndpoint], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    drivers.push(driver);
    const lines = createInterface(driver.stdout);
    await nextLine(lines);
    return { driver, runId, lines, state: join(stateRoot(), runId) };
  }

  test('run without root, capabilities and new privileges, cannot write, have limits, and publish on 127.0.0.1 alone', async () => {
    const { runId } = options();
    const shop = await subject.runtime.start(options({ runId }));
    const containers = await engine.docker.listContainers({ filters: { label: [`showrunner.run=${runId}`] } });
    expect(containers).toHaveLength(5);
    for (const { Id, Names, Ports } of containers) {
      const { Config, HostConfig, NetworkSettings } = await engine.docker.getContainer(Id).inspect();
      const name = Names[0] ?? '';
      expect(Config.User, name).toMatch(/^[1-9]|^postgres$|^node$|^shop$/);
      expect(HostConfig.ReadonlyRootfs, name).toBe(true);
      expect(HostConfig.CapDrop, name).toEqual(['ALL']);
      expect(HostConfig.SecurityOpt, name).toEqual(['no-new-privileges']);
      expect(HostConfig.Memory, name).toBeGreaterThan(0);
      expect(HostConfig.NanoCpus, name).toBeGreaterThan(0);
      expect(Object.keys(NetworkSettings.Networks), name).toEqual([`showrunner-${runId}`]);
      expect(new Set(Ports.filter(({ PublicPort }) => PublicPort).map(({ IP }) => IP)), name).toEqual(
        new Set(['127.0.0.1']),
      );
    }
    expect(await shop.stop()).toEqual([]);
    expect(await onEngine(runId)).toEqual([]);
  });

  test('a start that fails leaves nothing on the engine', async () => {
    const runId = newRun();
    const broken = {
      ...fakeShop,
      services: { ...fakeShop.services, back: { ...fakeShop.services['back']!, version: 'broken' } },
    };
    await expect(subject.runtime.start(options({ runId, shop: broken }))).rejects.toMatchObject({ exitCode: 3 });
    expect(await onEngine(runId)).toEqual([]);
    expect(existsSync(join(stateRoot(), runId))).toBe(false);
  });

  test('a name that a foreign network or container has is an error that says so, and the foreign thing stays', async () => {
    const { docker } = engine;
    const [withNetwork, withContainer] = [newRun(), newRun()];
    const network = await docker.createNetwork({ Name: `showrunner-${withNetwork}` });
    const image = (await docker.listImages()).find(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.startsWith('showrunner/')),
    );
    const container = await docker.createContainer({
      name: `showrunner-${withContainer}-back`,
      Image: image?.Id ?? '',
      Cmd: ['x'],
    });
    try {
      for (const runId of [withNetwork, withContainer]) {
        await expect(subject.runtime.start(options({ runId })), runId).rejects.toMatchObject({
          code: 'name-conflict',
          exitCode: 3,
        });
        expect(await onEngine(runId)).toEqual([]);
      }
      await cleanAll();
      expect(await docker.getNetwork(network.id).inspect()).toMatchObject({ Name: `showrunner-${withNetwork}` });
      expect(await container.inspect()).toMatchObject({ Name: `/showrunner-${withContainer}-back` });
    } finally {
      await network.remove();
      await container.remove({ force: true });
    }
  });

  test('after kill -9 of the orchestrator its guard removes everything, also what is paused', async () => {
    const { driver, runId, state } = await startDriver();
    const before = await onEngine(runId);
    expect(before.length).toBe(7);
    await engine.docker.getContainer(`showrunner-${runId}-back`).pause();
    driver.kill('SIGKILL');
    await expect.poll(() => onEngine(runId), { timeout: 10_000, interval: 200 }).toEqual([]);
    await expect.poll(() => existsSync(state), { timeout: 5000 }).toBe(false);
    expect(await cleanAll()).toEqual({ runs: [], done: [], left: [] });
  });

  test('clean removes what is left when the guard was killed too, and leaves a live run and foreign containers alone', async () => {
    const { docker } = engine;
    const image = (await docker.listImages()).find(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.startsWith('showrunner/')),
    );
    const foreign = await docker.createContainer({
      Image: image?.Id ?? '',
      Cmd: ['x'],
      Labels: { 'com.example': 'theirs' },
    });
    const [dead, live] = await Promise.all([startDriver(), startDriver()]);
    const guard = readdirSync('/proc').find((pid) => commandLine(pid).includes(`guard\0${dead.state}\0`));
    process.kill(Number(guard), 'SIGKILL');
    dead.driver.kill('SIGKILL');
    await once(dead.driver, 'exit');
    expect((await onEngine(dead.runId)).length).toBe(7);
    const { runs: cleaned, left } = await cleanAll();
    expect({ cleaned, left }).toEqual({ cleaned: [dead.runId], left: [] });
    expect(await onEngine(dead.runId)).toEqual([]);
    expect((await onEngine(live.runId)).length).toBe(7);
    expect((await foreign.inspect()).Id).toBe(foreign.id);
    await foreign.remove();
    live.driver.kill('SIGTERM');
    expect(JSON.parse(await nextLine(live.lines))).toEqual({ left: [] });
    expect(await onEngine(live.runId)).toEqual([]);
  });

  test('a service that somebody kills ten times in a row is noticed and started again each time', async () => {
    const runId = newRun();
    const crashes: Crash[] = [];
    const shop = await subject.runtime.start(options({ runId }));
    shop.onCrash((crash) => crashes.push(crash));
    const instances = new Set<string>();
    for (let kill = 1; kill <= 10; kill += 1) {
      const [running] = await engine.docker.listContainers({
        filters: { label: [`showrunner.run=${runId}`], name: [`showrunner-${runId}-back`] },
      });
      await engine.docker.getContainer(running?.Id ?? '').kill();
      await expect.poll(() => crashes.length, { timeout: 5000 }).toBe(kill);
      // One that is killed again before it is ready has not come back.
      expect(crashes.at(-1)).toMatchObject({
        process: 'back',
        exit: expect.stringContaining('signal SIGKILL') as string,
      });
      await expect
        .poll(() => answerOf(`${shop.url}/back`, instances), { timeout: 10_000, interval: 50 })
        .toBe('a new instance');
    }
    expect(instances.size).toBe(10);
    expect(await shop.stop()).toEqual([]);
    expect(await onEngine(runId)).toEqual([]);
  });
});

/** Whether an instance answers that has not answered before. */
async function answerOf(url: string, known: Set<string>): Promise<string> {
  try {
    const { instance } = (await (await fetch(url)).json()) as { instance: string };
    if (known.has(instance)) return 'an old instance';
    known.add(instance);
    return 'a new instance';
  } catch (error) {
    return String(error);
  }
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Not a process, or one that has ended meanwhile.
    return '';
  }
}
