import { describe, expect, it } from 'vitest';
import { formatTimeline } from '../../../orchestrator/show/format-timeline.ts';
import { type LoadedShow, loadShow } from '../../../orchestrator/show/load-show.ts';
import type { Show } from '../../../orchestrator/show/show.ts';
import { plannedMs, timelineOf } from '../../../orchestrator/show/timeline.ts';
import { smallCatalogue } from '../../support/small-catalogue.ts';

const catalogue = {
  ...smallCatalogue,
  profiles: {
    ...smallCatalogue.profiles,
    bots: { reaches: { storefront: ['GET /api/products'], archive: ['GET /archive'] } },
  },
  script: (path: string) => (path === './mine.ts' ? {} : undefined),
};

/** A show of three acts of 40 s, with this for load, and this expectation in the second act. */
const textWith = (load: string, expectation = 'quiet: {services: [catalog]}') => `show: a-show
title: {en: A show, ja: ショー}
load: ${load}
acts:
  - {act: calm, for: 40s}
  - act: bots
    for: 40s
    faults: [{inject: slow-third-party}]
    expect: [${expectation}]
  - {act: after, for: 40s}
`;

const loaded = (load: string, expectation?: string): LoadedShow =>
  loadShow({ file: 'show.yaml', text: textWith(load, expectation) }, catalogue);

const problemsOf = (load: string, expectation?: string): readonly string[] =>
  loaded(load, expectation).problems.map(
    ({ at, message, hint }) => `${at.line}:${at.col} ${message}${hint ? ` | ${hint}` : ''}`,
  );

function showOf(load: string): Show {
  const { show, problems } = loaded(load);
  if (!show) throw new Error(problems.map(({ message }) => message).join('; '));
  return show;
}

const two = `
  - {profile: shoppers, rate: 20/s}
  - {profile: bots, rate: 40/s, env: {SHOPPERS: 0}, from: bots, until: after}`;

describe('the load of a show', () => {
  it('is one, or a list of them', () => {
    expect(showOf('{profile: shoppers, rate: 20/s, duration: 1m30s}').load).toEqual([
      { profile: 'shoppers', rate: 20, durationMs: 90_000, env: {} },
    ]);
    expect(showOf(two).load).toEqual([
      { profile: 'shoppers', rate: 20, env: {} },
      { profile: 'bots', rate: 40, env: { SHOPPERS: '0' }, from: 'bots', until: 'after' },
    ]);
  });

  it('may be a script of the user’s, of which nobody knows what it reaches', () => {
    expect(problemsOf('{profile: ./mine.ts, rate: 20/s}', 'quiet: {services: [archive]}')).toEqual([]);
    expect(problemsOf('{profile: ./other.ts, rate: 20/s}')).toEqual([
      '3:17 there is no script `./other.ts` | write the path of a k6 script, from the folder of this file',
    ]);
  });

  it('plays in its acts only: what they expect is held against what plays in them', () => {
    expect(problemsOf(two, 'quiet: {services: [archive]}')).toEqual([]);
    expect(
      problemsOf(
        two.replace('from: bots', 'from: after').replace(', until: after', ''),
        'quiet: {services: [archive]}',
      ),
    ).toEqual([
      '11:33 the profile `shoppers` sends no traffic to `archive` | it reaches `storefront`, `catalog`, `payment`',
    ]);
    expect(problemsOf(two, "latency: {service: storefront, route: GET /about, p95: '>= 1s'}")).toEqual([
      '11:52 the profiles `shoppers`, `bots` send no traffic to `storefront GET /about` | they reach `GET /api/products`, `POST /api/orders`',
    ]);
    expect(problemsOf('{profile: shoppers, rate: 20/s, until: bots}')).toEqual([
      '9:33 no load plays in this act, so there is no traffic on `catalog` | let a load play in it: `from` and `until` say in which acts one does',
    ]);
  });

  it('tells the talks what is to be seen in which act', () => {
    const { traffic } = loaded(two);
    expect(traffic('calm')).toEqual({ profiles: ['shoppers'], reaches: smallCatalogue.profiles['shoppers']?.reaches });
    expect(traffic('bots')).toMatchObject({
      profiles: ['shoppers', 'bots'],
      reaches: { storefront: ['GET /api/products', 'POST /api/orders'], archive: ['GET /archive'] },
    });
  });
});

describe('problems of a load', () => {
  it.each([
    ['[]', '3:7 a show needs at least one load | for example `{profile: shoppers, rate: 20/s}`'],
    ['shoppers', '3:7 expected a mapping or a list, not `shoppers` | for example `{profile: shoppers, rate: 20/s}`'],
    [
      '[shoppers]',
      '3:8 expected a mapping, not `shoppers` | write the keys `profile`, `rate`, `duration`, `env`, `from`, `until`',
    ],
    ['[{profile: shoppers}]', '3:8 `rate` is missing | for example `20/s`, `90/min`'],
    ['[{profile: shoper, rate: 1/s}]', '3:18 there is no load profile `shoper` | did you mean `shoppers`?'],
    [
      '{profile: shoppers, rate: 1/s, duration: 0s}',
      '3:48 a duration of 0 lets nothing happen | for example `500ms`, `40s`, `1m30s`, `2m`',
    ],
    ['{profile: shoppers, rate: 1/s, from: bot}', '3:44 there is no act `bot` | did you mean `bots`?'],
    ['{profile: shoppers, rate: 1/s, until: x}', '3:45 there is no act `x` | one of `calm`, `bots`, `after`'],
    [
      '{profile: custom, rate: 1/s, from: bots, until: bots}',
      '3:55 a load until `bots` ends before it begins | name an act after `bots`: it ends as that one begins',
    ],
    [
      '{profile: custom, rate: 1/s, until: calm}',
      '3:43 a load until `calm` ends before it begins | name an act after `calm`: it ends as that one begins',
    ],
    [
      '{profile: shoppers, rate: 1/s, env: {RATE: 3}}',
      '3:44 `RATE` is set by the show itself | write `rate` beside `profile`',
    ],
    [
      '{profile: shoppers, rate: 1/s, env: {BASE_URL: http://x}}',
      '3:44 `BASE_URL` is set by the show itself | the address of the shop is known only once it runs: leave it out',
    ],
    [
      '{profile: shoppers, rate: 1/s, env: {A-B: 3}}',
      '3:44 `A-B` is no name of a variable | write letters, digits and `_`, no digit first',
    ],
    ['{profile: shoppers, rate: 1/s, form: bots}', '3:38 unknown key `form` | did you mean `from`?'],
  ])('%s', (load, problem) => {
    expect(problemsOf(load)).toEqual([problem]);
  });
});

describe('the timeline', () => {
  it('says which loads play from the beginning, and when others begin and stop', () => {
    const lines = formatTimeline(showOf(two), catalogue.kinds).split('\n');
    expect(lines[0]).toBe('A show (a-show): 2m20s, shoppers at 20/s, asks embedded');
    expect(lines.filter((line) => line.includes('load'))).toEqual([
      '  0:40.0    load        bots at 40/s',
      '  1:40.0    load stops  bots',
    ]);
    const timed = formatTimeline(showOf('{profile: shoppers, rate: 90/min, duration: 30s}'), catalogue.kinds);
    expect(timed).toContain('shoppers at 1.5/s for 30s, asks');
  });

  it('knows how long a load is planned to play', () => {
    const { load, acts } = showOf(two);
    const timeline = timelineOf({ acts });
    expect(load.map((one) => plannedMs(timeline, one))).toEqual([140_000, 60_000]);
  });
});
