import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ProblemsError } from '../../../orchestrator/errors.ts';
import type { Catalogue } from '../../../orchestrator/show/catalogue.ts';
import { listShows } from '../../../orchestrator/show/find-show.ts';
import { showJsonSchema } from '../../../orchestrator/show/json-schema.ts';
import { loadShow } from '../../../orchestrator/show/load-show.ts';
import { type CompleteShow, readShow } from '../../../orchestrator/show/read-show.ts';
import { timelineOf } from '../../../orchestrator/show/timeline.ts';
import { realCatalogue } from '../../support/real-catalogue.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const shows = await listShows(join(root, 'talk-scripts'));
let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await realCatalogue();
});

/** Reads a show; its problems, told as a person would want to read them, fail the test. */
async function read(file: string): Promise<CompleteShow> {
  try {
    return await readShow(file, catalogue, root);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new Error(
      error.problems.map(({ at, message, hint }) => `${at.file}:${at.line}:${at.col} ${message} | ${hint}`).join('\n'),
      { cause: error },
    );
  }
}

it('has the shows that the documentation promises', () => {
  expect(shows.map(({ name }) => name)).toEqual(expect.arrayContaining(['containers', 'four-faults', 'three-minutes']));
});

it('means every service of the shop that sends telemetry by `all`', async () => {
  const { show } = await read(join(root, 'talk-scripts', 'three-minutes', 'show.yaml'));
  expect(show.acts[0]?.expectations[0]?.params).toEqual({
    services: 'all',
    all: ['storefront', 'catalog', 'cart', 'checkout', 'payment', 'inventory', 'fulfilment'],
  });
});

/** A show of one calm act that expects a latency. */
function expecting(bound: string) {
  return loadShow(
    {
      file: 'show.yaml',
      text: `show: calm\ntitle: {en: Calm, ja: 平穏}\nload: {profile: shoppers, rate: 20/s}\nacts:
  - {act: calm, for: 40s, expect: [{latency: {service: catalog, p95: '${bound}'}}]}\n`,
    },
    catalogue,
  );
}

it('lets an act without faults expect what must not get worse, for its whole time, and no anomaly', () => {
  expect(expecting('<= 200ms')).toMatchObject({ problems: [], acts: [{ expectations: [{ withinMs: 40_000 }] }] });
  expect(expecting('>= 200ms').problems).toMatchObject([{ message: expect.stringContaining('expects an anomaly') }]);
});

describe.each(shows)('$name', ({ name, file }) => {
  it('has no problem, and can be said in both languages in the time of its acts', async () => {
    const { show } = await read(file);
    expect(show.name).toBe(name);
  });

  it('points editors to the schema', () => {
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('# yaml-language-server: $schema=../show.schema.json');
  });

  it('begins calm, and shows a visitor a live trace before anything breaks', async () => {
    const { show, talks } = await read(file);
    const [first] = show.acts;
    expect(first?.injections).toEqual([]);
    for (const talk of Object.values(talks)) {
      const parts = talk.acts[first?.name ?? '']?.sections.flatMap((section) => section.parts) ?? [];
      expect(parts).toContainEqual({
        kind: 'show-trace',
        service: 'storefront',
        route: 'POST /api/orders',
        pick: 'newest',
      });
    }
  });

  it('says what the letters APM stand for', async () => {
    const { talks } = await read(file);
    expect(JSON.stringify(talks.en.acts['calm'])).toContain('Application Performance Monitoring');
    expect(JSON.stringify(talks.ja.acts['calm'])).toContain('アプリケーション性能監視');
  });

  it('shows in each act, with the fault in force, what a server monitor sees, and once it is visible, the trace', async () => {
    const { show, talks } = await read(file);
    for (const act of show.acts.filter(({ injections }) => injections.length > 0)) {
      for (const talk of Object.values(talks)) {
        const shown = (kind: string) =>
          talk.acts[act.name]?.sections
            .filter(({ parts }) => parts.some((part) => part.kind === kind))
            .map(({ cue }) => act.cues.find((known) => known.name === cue)?.when);
        expect(shown('show-servers'), `${talk.file} ${act.name}`).toEqual([{ moment: 'proven' }]);
        expect(shown('show-trace'), `${talk.file} ${act.name}`).toEqual([{ moment: 'met' }]);
      }
    }
  });

  it('shows the same things in both languages, in the same order', async () => {
    const { show, talks } = await read(file);
    const shown = (language: 'en' | 'ja', act: string) =>
      talks[language].acts[act]?.sections.map(({ cue, parts }) => [cue, parts.filter(({ kind }) => kind !== 'say')]);
    for (const act of show.acts) expect(shown('ja', act.name), act.name).toEqual(shown('en', act.name));
  });
});

it('plays three-minutes in three minutes', async () => {
  const { show } = await read(join(root, 'talk-scripts/three-minutes/show.yaml'));
  expect(timelineOf(show).totalMs).toBeGreaterThanOrEqual(165_000);
  expect(timelineOf(show).totalMs).toBeLessThanOrEqual(195_000);
});

it('uses every fault and every kind of expectation in four-faults', async () => {
  const { show } = await read(join(root, 'talk-scripts/four-faults/show.yaml'));
  const used = show.acts.flatMap(({ injections, expectations }) => [
    ...injections.map(({ fault }) => fault),
    ...expectations.map(({ kind }) => kind),
  ]);
  expect(new Set(used)).toEqual(
    new Set(['n-plus-one', 'lost-index', 'slow-third-party', 'country-bug', ...Object.keys(catalogue.kinds)]),
  );
});

it('plays in containers what befalls the platform under the shop', async () => {
  const { show } = await read(join(root, 'talk-scripts/containers/show.yaml'));
  expect(show.acts.flatMap(({ injections }) => injections.map(({ fault, on }) => `${fault} on ${on}`))).toEqual([
    'service-paused on inventory',
    'service-killed on payment',
    'network-latency on storefront->catalog',
    'cpu-throttle on catalog',
  ]);
});

it('has a JSON Schema that is as the code says', () => {
  const written: unknown = JSON.parse(readFileSync(join(root, 'talk-scripts/show.schema.json'), 'utf8'));
  expect(written, 'talk-scripts/show.schema.json is stale: run `npm run schema`').toEqual(
    JSON.parse(JSON.stringify(showJsonSchema(catalogue))),
  );
});

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(root, 'talk-scripts/show.schema.json'), 'utf8')));
  const text = readFileSync(join(root, 'talk-scripts/four-faults/show.yaml'), 'utf8');

  it('accepts a show that uses everything', () => {
    expect(schema.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
  });

  it.each([
    ['rate: 20/s', 'rate: 20'],
    ['for: 40s', 'for: 40 s'],
    ['inject: lost-index', 'inject: lost-indx'],
    ['- tendency', '- tendncy'],
    ["lift: '>= 3'", "lfit: '>= 3'"],
    ['fixed: healing', 'fixed: soon'],
  ])('refuses %s → %s', (piece, replacement) => {
    expect(text).toContain(piece);
    expect(schema.safeParse(parse(text.replace(piece, replacement))).success).toBe(false);
  });
});
