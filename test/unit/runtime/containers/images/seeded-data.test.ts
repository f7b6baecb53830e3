import { expect, test } from 'vitest';
import { ShowrunnerError } from '../../../../../orchestrator/errors.ts';
import type { Engine } from '../../../../../orchestrator/runtime/containers/engine.ts';
import { withSeededData } from '../../../../../orchestrator/runtime/containers/images/seeded-data.ts';

const refused = (message: string) => () => Promise.reject(new Error(message));
const nothing = {
  createVolume: async () => ({}),
  listContainers: async () => [],
  listNetworks: async () => [],
  listVolumes: async () => ({ Volumes: [] }),
};

async function failureOn(docker: object, signal = new AbortController().signal) {
  const lines: string[] = [];
  const engine = { docker: { ...nothing, ...docker } } as unknown as Engine;
  const spec = { server: 'postgres', schema: [], seed: '1', progress: (line: string) => lines.push(line), signal };
  const error: unknown = await withSeededData(engine, spec, async () => {}).catch((thrown: unknown) => thrown);
  return { error, lines };
}

const container = (calls: object) => ({ createContainer: async () => ({ putArchive: async () => {}, ...calls }) });

test.each([
  ['createVolume', { createVolume: refused('no') }],
  ['createContainer', { createContainer: refused('no') }],
  ['putArchive', container({ putArchive: refused('no') })],
  ['start', container({ start: refused('no') })],
])('an engine that refuses %s is an error for the user', async (_, docker) => {
  const { error, lines } = await failureOn(docker);
  expect(error).toBeInstanceOf(ShowrunnerError);
  expect(error).toMatchObject({
    code: 'database-image-failed',
    exitCode: 3,
    message: 'the image database could not be made: no',
    hint: expect.any(String),
  });
  expect(lines).toEqual([]);
});

test('a cause that is known has its own remedy', async () => {
  const { error } = await failureOn({ createVolume: refused('mkdir: no space left on device') });
  expect(error).toMatchObject({ code: 'disk-full', hint: expect.stringContaining('free some space') });
});

test('an engine that also fails to clean up is told of, and the first error stays', async () => {
  const { error, lines } = await failureOn({ createVolume: refused('first'), listContainers: refused('second') });
  expect(error).toMatchObject({ message: 'the image database could not be made: first' });
  expect(lines).toEqual([expect.stringMatching(/^could not remove what images-\S+ has on the engine \(second\)$/)]);
});

test('an end that was asked for stays one', async () => {
  const reason = new Error('ended');
  expect((await failureOn({}, AbortSignal.abort(reason))).error).toBe(reason);
});
