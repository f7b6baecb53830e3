import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { chooseEngine } from '../../../orchestrator/load/choose.ts';

const dir = mkdtempSync(join(tmpdir(), 'choose-engine-'));
const k6 = join(dir, 'k6');
writeFileSync(k6, "#!/bin/sh\necho 'k6 v2.2.0 (go1.26.8, linux/amd64)'\n");
chmodSync(k6, 0o755);
afterAll(() => rmSync(dir, { recursive: true }));

const dockerHost = process.env['DOCKER_HOST'];
/** No container engine answers there. */
beforeEach(() => void (process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:9'));
afterEach(() => {
  if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = dockerHost;
});

test('an engine is chosen by its name, and nothing is said of it', async () => {
  for (const name of ['k6-binary', 'embedded']) {
    const chosen = await chooseEngine(name, { env: { PATH: dir } });
    expect(chosen).toEqual({ engine: expect.objectContaining({ name }) as unknown });
  }
});

test.each([
  ['k6-binary', 'there is no k6 on the PATH'],
  ['k6-container', 'no container engine answers'],
])('%s is refused before anything is started where it cannot play', async (name, why) => {
  await expect(chooseEngine(name, { env: {} })).rejects.toMatchObject({
    code: 'load-engine-missing',
    message: expect.stringContaining(`the load engine ${name} cannot play: ${why}`) as unknown,
    exitCode: 3,
  });
});

test('left to us, it is the k6 of this machine where there is one', async () => {
  const { engine, why } = await chooseEngine('auto', { env: { PATH: dir } });
  expect({ name: engine.name, why }).toEqual({ name: 'k6-binary', why: 'load engine k6-binary: k6 2.2.0 is there' });
});

test('left to us on a bare machine, it is the embedded engine, and why is said', async () => {
  const { engine, why } = await chooseEngine('auto', { env: {} });
  expect(engine.name).toBe('embedded');
  expect(why).toMatch(/^load engine embedded: there is no k6 on the PATH; no container engine answers/);
});

test('a k6 that the user has named is never silently replaced', async () => {
  await expect(chooseEngine('auto', { k6: join(dir, 'nowhere'), env: { PATH: dir } })).rejects.toMatchObject({
    code: 'load-engine-unusable',
  });
});
