import { copyFile, mkdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine, type Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { loadImages, saveImages } from '../../orchestrator/runtime/containers/images/archive.ts';
import { buildImage, findImage } from '../../orchestrator/runtime/containers/images/image-store.ts';
import {
  ensureImages,
  type ImageOptions,
  type RunImages,
} from '../../orchestrator/runtime/containers/images/images.ts';
import { pullImages } from '../../orchestrator/runtime/containers/images/pull.ts';
import { tarOf } from '../../orchestrator/runtime/containers/images/tar.ts';
import { imageStatus } from '../../orchestrator/runtime/containers/images/status.ts';
import { label } from '../../orchestrator/runtime/containers/labels.ts';
import { connectionString, settingsArguments } from '../../orchestrator/runtime/running/postgres-settings.ts';
import { fakeFiles } from '../support/container-subjects.ts';
import { buildFakeShop, makeFolder } from '../support/runtime-subjects.ts';

/** Of this file alone, so that its images are made and removed without touching anybody's. */
const title = `images-test-${process.pid}`;

describe('the images of a run', () => {
  let engine: Engine;
  let images: RunImages;
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let options: ImageOptions;
  const said: string[] = [];
  const signal = new AbortController().signal;

  beforeAll(async () => {
    engine = await connectEngine();
    folder = await makeFolder();
    await buildFakeShop(folder.path);
    await writeFile(join(folder.path, 'title'), title);
    const fake = fakeFiles(folder.path);
    const files = { ...fake, title, files: new Map([...fake.files, ['/shop/title', join(folder.path, 'title')]]) };
    options = { files, seed: title, progress: (line) => said.push(line), signal };
    images = await ensureImages(engine, options);
  });
  afterAll(async () => {
    await removeTagsOf(engine, title);
    await folder.remove();
  });

  const idsOf = async () =>
    Promise.all([images.shop, images.database.image].map(async (each) => (await findImage(engine, each))?.Id));

  /** Runs a command in the shop's image as the shop's containers run; what it says, and its exit code. */
  async function inShop(...command: string[]) {
    const container = await engine.docker.createContainer({
      Image: images.shop,
      Cmd: command,
      Tty: true,
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        NetworkMode: 'none',
      },
    });
    try {
      await container.start();
      const { StatusCode: exitCode } = (await container.wait()) as { StatusCode: number };
      const output = await container.logs({ stdout: true, stderr: true, follow: false });
      return { exitCode, output: output.toString().trim() };
    } finally {
      await container.remove({ force: true, v: true });
    }
  }

  test('they are made once: the second time nothing is made, nothing is said, and it takes no time', async () => {
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^making the image database/)]));
    const [before, lines, from] = [await idsOf(), said.length, performance.now()];
    expect(await ensureImages(engine, options)).toEqual(images);
    expect(performance.now() - from).toBeLessThan(3000);
    expect(await idsOf()).toEqual(before);
    expect(said).toHaveLength(lines);
  });

  test('the shop has the Node that npm has brought, a user that is not root, and its files', async () => {
    expect(await inShop('node', '-p', '`${process.version} ${process.getuid()} ${os.userInfo().username}`')).toEqual({
      exitCode: 0,
      output: `${process.version} 1000 node`,
    });
    expect((await inShop('node', '-p', 'fs.readFileSync("/shop/title", "utf8")')).output).toBe(title);
  });

  test('a name on the engine is looked up by libraries that the image has', async () => {
    const lookUp = 'require("dns").promises.lookup("localhost").then(({ address }) => console.log(address))';
    expect((await inShop('node', '-e', lookUp)).output).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  test('a new volume begins with the seeded database, and what is written to it is in the volume', async () => {
    const { image, dataDir, user, command } = images.database;
    const name = `${title}-data`;
    await engine.docker.createVolume({ Name: name });
    const server = await engine.docker.createContainer({
      Image: image,
      User: user,
      Cmd: [...command, '-D', dataDir, ...settingsArguments({ listen_addresses: '*' })],
      ExposedPorts: { '5432/tcp': {} },
      HostConfig: {
        Binds: [`${name}:${dataDir}`],
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        PortBindings: { '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] },
      },
    });
    try {
      await server.start();
      const { NetworkSettings } = await server.inspect();
      const client = await connected(Number(NetworkSettings.Ports['5432/tcp']?.[0]?.HostPort));
      const { rows } = await client.query('select count(*)::int as items, min(name) as name from items');
      const { rows: settings } = await client.query('show data_directory');
      await client.query('insert into items select n, n::text from generate_series(2000, 2999) n');
      await client.end();
      expect([rows, settings]).toEqual([
        [{ items: 1000, name: `item 1 of seed ${title}` }],
        [{ data_directory: dataDir }],
      ]);
    } finally {
      await server.remove({ force: true, v: true });
      await engine.docker.getVolume(name).remove();
    }
  });

  test('what they were made in is gone', async () => {
    expect(await temporaryThings(engine)).toEqual([]);
  });

  test('the list says what is there and how to get the rest', async () => {
    const status = await imageStatus(engine, options);
    const needed = status.filter((image) => image.needed);
    expect(needed).toMatchObject(['shop', 'database'].map((name) => ({ name, present: true, remedy: undefined })));
    const missing = await imageStatus(engine, { ...options, seed: 'another' });
    expect(missing.find(({ name }) => name === 'database')).toMatchObject({
      present: false,
      sizeMb: undefined,
      remedy: 'showrunner images build',
    });
  });

  test('an official image that no registry gives is an error with a way out', async () => {
    const registryless = { ...engine, docker: withoutRegistry(engine) };
    await expect(pullImages(registryless, ['toxiproxy'], { progress: () => undefined, signal })).rejects.toMatchObject({
      code: 'image-pull-failed',
      exitCode: 3,
      hint: expect.stringContaining('showrunner images build') as string,
    });
  });

  test('saved, removed and loaded again they are the same images, and nothing is made', async () => {
    const file = join(folder.path, 'shop.tar');
    const before = await idsOf();
    await saveImages(engine, [images.shop, images.database.image], { file, signal });
    await removeTagsOf(engine, title);
    expect(await idsOf()).toEqual([undefined, undefined]);
    const loaded = await loadImages(engine, { file, signal });
    expect(loaded.toSorted()).toEqual([images.database.image, images.shop].toSorted());
    expect(await idsOf()).toEqual(before);
    const lines = said.length;
    expect(await ensureImages(engine, options)).toEqual(images);
    expect(said).toHaveLength(lines);
  });

  test('a file that is cut off, or none of ours, or not there, is refused with what to do, and changes nothing', async () => {
    const [whole, cut] = [join(folder.path, 'shop.tar'), join(folder.path, 'cut.tar')];
    await copyFile(whole, cut);
    await truncate(cut, Math.floor((await stat(whole)).size / 2));
    await writeFile(join(folder.path, 'text.tar'), 'no archive '.repeat(100));
    for (const name of ['cut.tar', 'text.tar', 'none.tar']) {
      await expect(loadImages(engine, { file: join(folder.path, name), signal })).rejects.toMatchObject({
        code: 'image-file-unusable',
        exitCode: 3,
        message: expect.stringContaining(name) as string,
        hint: expect.stringContaining('showrunner images save') as string,
      });
    }
  });

  test('a save that cannot be written leaves no half of a file', async () => {
    const file = join(folder.path, 'no/such/folder/shop.tar');
    await expect(saveImages(engine, [images.shop], { file, signal })).rejects.toMatchObject({
      code: 'image-save-failed',
      exitCode: 3,
    });
    const partial = join(folder.path, 'absent.tar');
    await expect(saveImages(engine, ['showrunner/none:none'], { file: partial, signal })).rejects.toMatchObject({
      code: 'image-save-failed',
    });
    await expect(stat(`${partial}.part`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a schema that fails is named, and nothing is left of the attempt', async () => {
    const schemaDir = join(folder.path, 'schema');
    await mkdir(schemaDir);
    await writeFile(join(schemaDir, '10-wrong.sql'), 'create tabel items ()');
    await expect(ensureImages(engine, { ...options, files: { ...options.files, schemaDir } })).rejects.toMatchObject({
      code: 'seed-failed',
      exitCode: 3,
      message: expect.stringContaining('10-wrong.sql') as string,
    });
    expect(await temporaryThings(engine)).toEqual([]);
  });

  test('interrupted while a database is made it stops, and nothing is left', async () => {
    const stop = new AbortController();
    const progress = (line: string) => {
      if (line.includes('database')) setTimeout(() => stop.abort(new Error('stopped by SIGINT')), 1500);
    };
    const schemaDir = join(folder.path, 'endless');
    await mkdir(schemaDir);
    await writeFile(join(schemaDir, '10-endless.sql'), 'select pg_sleep(600)');
    const files = { ...options.files, schemaDir };
    await expect(ensureImages(engine, { ...options, files, progress, signal: stop.signal })).rejects.toThrow(
      'stopped by SIGINT',
    );
    expect(await temporaryThings(engine)).toEqual([]);
  });

  test('an engine for another kind of machine is told apart before anything is made', async () => {
    const arch = engine.arch === 'amd64' ? 'arm64' : 'amd64';
    await expect(ensureImages({ ...engine, arch }, options)).rejects.toMatchObject({
      code: 'image-architecture',
      exitCode: 3,
      hint: expect.stringContaining('showrunner images load') as string,
    });
    await expect(
      loadImages({ ...engine, arch }, { file: join(folder.path, 'shop.tar'), signal }),
    ).rejects.toMatchObject({ code: 'image-architecture' });
  });

  test('a new image replaces the one before it, of its own shop alone', async () => {
    const other = { name: 'database', reference: `showrunner/database:${process.pid}`, shop: `${title}-other` };
    const context = tarOf([{ path: 'Dockerfile', text: 'FROM scratch\nENV A=1\n' }]);
    await buildImage(engine, { ...other, context }, signal);
    const next = await ensureImages(engine, { ...options, seed: `${title}-next` });
    const now = await tagsOn(engine);
    expect(now).toContain(next.database.image);
    expect(now).not.toContain(images.database.image);
    expect(now).toEqual(expect.arrayContaining([images.shop, other.reference]));
    await removeTagsOf(engine, other.shop);
  });
});

async function connected(port: number): Promise<Client> {
  for (const deadline = performance.now() + 20_000; ;) {
    const client = new Client(connectionString(port));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end();
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function tagsOn({ docker }: Engine, filters: object = {}): Promise<readonly string[]> {
  return (await docker.listImages({ filters: JSON.stringify(filters) })).flatMap(({ RepoTags }) => RepoTags ?? []);
}

async function removeTagsOf(engine: Engine, shop: string): Promise<void> {
  for (const tag of await tagsOn(engine, { label: [`showrunner.shop=${shop}`] })) {
    await engine.docker.getImage(tag).remove();
  }
}

/** Containers and volumes of this process in which images are made. */
async function temporaryThings({ docker }: Engine): Promise<readonly string[]> {
  const [containers, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters: { label: [label.run] } }),
    docker.listVolumes({ filters: { label: [label.run] } }),
  ]);
  return [...containers.map(({ Names }) => Names[0] ?? ''), ...volumes.map(({ Name }) => Name)].filter((name) =>
    name.includes(`showrunner-images-${process.pid}-`),
  );
}

/** The engine as it is on a machine without network: whatever registry is asked, it cannot be found. */
function withoutRegistry({ docker }: Engine): Engine['docker'] {
  const pull = () => docker.pull('registry.invalid/none:1');
  return Object.assign(Object.create(docker) as Engine['docker'], { pull });
}
