import { expect, test } from 'vitest';
import type { Engine } from '../../../../../orchestrator/runtime/containers/engine.ts';
import { databaseOf } from '../../../../../orchestrator/runtime/containers/images/images.ts';
import { pinned } from '../../../../../orchestrator/runtime/containers/images/pinned.ts';

const databases = { official: 'showrunner/database:official', npm: 'showrunner/database:npm' };
const plan = { shop: 'showrunner/shop:1', node: 'showrunner/node:1', postgres: 'showrunner/postgres-npm:1', databases };
const server = pinned('postgres');

function engineWith(...images: readonly string[]): Engine {
  const inspect = async (reference: string) => {
    if (images.includes(reference)) return { Id: `id of ${reference}` };
    throw Object.assign(new Error('No such image'), { statusCode: 404 });
  };
  const docker = { getImage: (reference: string) => ({ inspect: () => inspect(reference) }) };
  return { docker } as unknown as Engine;
}

const { official, npm } = databases;
const id = `id of ${server}`;

test.each([
  ['nothing', [], npm, undefined],
  ["npm's database", [npm], npm, undefined],
  ['the official server', [server], official, id],
  ["npm's database and the official server", [npm, server], npm, undefined],
  ['the official database, and no server', [official], official, undefined],
  ['both databases', [official, npm], official, undefined],
  ['all', [official, npm, server], official, id],
])('a database is taken before another is made: an engine that has %s', async (_, images, reference, made) => {
  expect(await databaseOf(engineWith(...images), plan)).toEqual({ reference, server: made });
});
