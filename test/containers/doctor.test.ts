import { afterEach, beforeAll, expect, test } from 'vitest';
import { shopSeed } from '../../orchestrator/runtime/shop-seed.ts';
import type { Result } from '../../orchestrator/doctor/examine.ts';
import { checks } from '../../orchestrator/doctor/index.ts';
import { connectEngine, type Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { ensureImages } from '../../orchestrator/runtime/containers/images/images.ts';
import { installedShopFiles } from '../../orchestrator/runtime/containers/images/shop-files.ts';
import { dockerProxy } from '../support/docker-proxy.ts';
import { eventually, start, temporaryFolder } from '../support/showrunner.ts';

const ofEngine = [
  'api-version',
  'engine-platform',
  'cgroup',
  'images',
  'engine-memory',
  'engine-disk',
  'engine-clock',
  'host-gateway',
];

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const doctor = (env: Readonly<Record<string, string>>, ...flags: readonly string[]) =>
  start(['doctor', ...flags], { SHOWRUNNER_RUNTIME: 'auto', ...env }).finished;

/** The exit code, and what each check has found. */
async function found(env: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await doctor(env, '--json', ...flags);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as { ok: boolean; checks: Result[] };
  expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(checks));
  return { code, ok: report.ok, of: Object.fromEntries(report.checks.map((result) => [result.name, result])) };
}

/** No engine, whatever is on this machine. */
const noEngine = (host: string) => ({ DOCKER_HOST: host, HOME: temporaryFolder('home') });

const nowhere = ['unix:///nonexistent.sock', 'tcp://127.0.0.1:1'];

test.each(nowhere)('without an engine (%s) shows play as processes: a warning', async (host) => {
  const { code, stdout } = await doctor(noEngine(host));
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^! warning +engine +no container engine answers at ${host}`, 'm'));
  expect(stdout).toContain('; shows play as processes\n');
  expect(stdout).toMatch(/→ .*systemctl start docker/);
  expect(stdout).toContain(`– not looked at  ${ofEngine.join(', ')}: there is no container engine to ask\n`);
  expect(stdout).toContain('\nno problems, ');
});

test.each(nowhere)('without an engine (%s) nothing plays in containers: a problem', async (host) => {
  const { code, ok, of } = await found(noEngine(host), '--runtime', 'containers');
  expect({ code, ok }).toEqual({ code: 3, ok: false });
  expect(of['engine']).toMatchObject({ level: 'problem', remedy: expect.stringContaining('systemctl start docker') });
  for (const name of ofEngine) expect(of[name], name).toMatchObject({ level: 'not looked at' });
});

test('whoever asks for processes hears nothing of engines', async () => {
  const { code, of } = await found(noEngine('tcp://127.0.0.1:1'), '--runtime', 'process');
  expect(code).toBe(0);
  for (const name of ['engine', ...ofEngine]) expect(of[name], name).toMatchObject({ level: 'not looked at' });
});

async function withoutImages() {
  const proxy = await dockerProxy((method, path) => {
    if (method !== 'GET') return undefined;
    if (path === '/images/json') return [200, []];
    return /^\/images\/.+\/json$/.test(path) ? [404, { message: 'No such image' }] : undefined;
  });
  open.push(proxy);
  return { DOCKER_HOST: proxy.host };
}

test('an engine without images is told how to get them', async () => {
  const images = {
    found: expect.stringContaining('not here'),
    remedy: expect.stringContaining('showrunner images build'),
  };
  const env = await withoutImages();
  const auto = await found(env);
  expect(auto.code).toBe(0);
  expect(auto.of['engine']).toMatchObject({ level: 'ok' });
  expect(auto.of['images']).toMatchObject({ level: 'warning', ...images });
  expect(auto.of['host-gateway']).toMatchObject({ level: 'warning', remedy: 'showrunner images build' });
  const containers = await found(env, '--runtime', 'containers');
  expect(containers.code).toBe(3);
  expect(containers.of['images']).toMatchObject({ level: 'problem', ...images });
});

test('an engine of 2019 is told what it needs', async () => {
  const proxy = await dockerProxy((_, path) =>
    path === '/version' ? [200, { Version: '19.03.15', ApiVersion: '1.40', Os: 'linux', Arch: 'amd64' }] : undefined,
  );
  open.push(proxy);
  const { code, of } = await found({ DOCKER_HOST: proxy.host }, '--runtime', 'containers');
  expect(code).toBe(3);
  expect(of['api-version']).toMatchObject({
    level: 'problem',
    found: expect.stringContaining('API 1.40; 1.41 is needed'),
    remedy: expect.stringContaining('Docker 20.10'),
  });
  expect(of['images']).toMatchObject({ level: 'not looked at' });
});

test('an engine that takes connections and never answers does not hold the doctor', async () => {
  const proxy = await dockerProxy(() => 'nothing');
  open.push(proxy);
  const { code, of } = await found({ DOCKER_HOST: proxy.host }, '--runtime', 'containers');
  expect(code).toBe(3);
  expect(of['engine']).toMatchObject({ level: 'problem', found: expect.stringContaining('no answer within 5 s') });
});

test('a doctor that waits for a silent engine can be interrupted', async () => {
  let asked = false;
  const proxy = await dockerProxy(() => {
    asked = true;
    return 'nothing';
  });
  open.push(proxy);
  const { process, finished } = start(['doctor'], { SHOWRUNNER_RUNTIME: 'auto', DOCKER_HOST: proxy.host });
  await eventually('question to the engine', 20_000, () => asked || undefined);
  const before = Date.now();
  process.kill('SIGINT');
  expect(await finished).toMatchObject({ code: 130, stdout: '', stderr: '' });
  expect(Date.now() - before).toBeLessThan(3_000);
});

let engine: Engine;
beforeAll(async () => {
  engine = await connectEngine();
  const signal = new AbortController().signal;
  await ensureImages(engine, { files: installedShopFiles(), seed: shopSeed, progress: () => {}, signal });
});

/** What the doctor has on the engine. */
async function leftOvers(): Promise<readonly string[]> {
  const [containers, networks] = await Promise.all([
    engine.docker.listContainers({ all: true }),
    engine.docker.listNetworks(),
  ]);
  const names = [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)];
  return names.filter((name) => name.includes('showrunner-doctor-'));
}

test.each(['auto', 'containers'])(
  'with an engine and its images all is well for %s, and nothing stays on it',
  async (runtime) => {
    const { code, stdout } = await doctor({}, '--runtime', runtime);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, -2).filter((line) => !line.startsWith('✔ ok '))).toEqual([]);
    expect(lines).toHaveLength(Object.keys(checks).length + 2);
    expect(lines.at(-1)).toBe('no problems, no warnings');
    expect(code).toBe(0);
    expect(await leftOvers()).toEqual([]);
  },
);
