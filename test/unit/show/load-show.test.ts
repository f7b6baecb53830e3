import { describe, expect, it } from 'vitest';
import { type LoadedShow, loadShow } from '../../../orchestrator/show/load-show.ts';
import { smallCatalogue } from '../../support/small-catalogue.ts';

const good = `show: a-show
title: {en: A show, ja: ショー}
load: {profile: shoppers, rate: 90/min}
acts:
  - act: calm
    for: 40s
    expect:
      - quiet: {services: all}
  - act: slow-catalogue
    title: {en: Slow catalogue, ja: 遅いカタログ}
    for: 1m
    advance: evidence
    faults:
      - {inject: n-plus-one, at: 5s, on: catalog, intensity: 50%}
      - {inject: slow-third-party, at: 10s, for: 20s}
    expect:
      - latency: {service: catalog, route: GET /products, p95: '>= 3x baseline', within: 20s, min: 15}
      - quiet: {services: [payment]}
    heals: {within: 15s}
    cues:
      look: 12s
      see: met
`;

const load = (text: string): LoadedShow => loadShow({ file: 'show.yaml', text }, smallCatalogue);

/** Every problem as `line @what stands at its column: message | hint`. */
const problemsOf = (text: string): readonly string[] =>
  load(text).problems.map(({ at, message, hint }) => {
    const [word = ''] = /^(\{|[^,\]}]*)/.exec(text.split('\n')[at.line - 1]?.slice(at.col - 1) ?? '') ?? [];
    return `${at.line} @${word}: ${message}${hint ? ` | ${hint}` : ''}`;
  });

/** The good show with one piece replaced, which must be there. */
function withPiece(piece: string, replacement: string): string {
  if (!good.includes(piece)) throw new Error(`no such piece: ${piece}`);
  return good.replace(piece, replacement);
}

const withSecondFault = (fault: string) => withPiece('- {inject: slow-third-party, at: 10s, for: 20s}', fault);
const withCalm = (expectation: string) => withPiece('- quiet: {services: all}', expectation);

describe('a good show', () => {
  it('is read with every default filled in', () => {
    const { show, problems } = load(good);
    expect(problems).toEqual([]);
    expect(show).toMatchObject({
      name: 'a-show',
      file: 'show.yaml',
      title: { en: 'A show', ja: 'ショー' },
      backends: ['embedded'],
      load: [{ profile: 'shoppers', rate: 1.5, env: {} }],
    });
    const [calm, slow] = show?.acts ?? [];
    expect(calm).toMatchObject({
      name: 'calm',
      title: { en: 'calm', ja: 'calm' },
      forMs: 40_000,
      advance: 'clock',
      injections: [],
      healsWithinMs: 0,
      cues: [],
      at: { line: 5, col: 5 },
    });
    expect(calm?.expectations).toEqual([
      { kind: 'quiet', params: { services: 'all' }, withinMs: 40_000, at: { file: 'show.yaml', line: 8, col: 9 } },
    ]);
    expect(slow).toMatchObject({
      advance: 'evidence',
      healsWithinMs: 15_000,
      cues: [
        { name: 'look', when: { atMs: 12_000 } },
        { name: 'see', when: { moment: 'met' } },
      ],
    });
    expect(slow?.injections).toMatchObject([
      { fault: 'n-plus-one', on: 'catalog', atMs: 5000, intensity: 0.5, ttlMs: 85_000, with: {} },
      { fault: 'slow-third-party', on: 'payment->bank', atMs: 10_000, forMs: 20_000, intensity: 1, ttlMs: 50_000 },
    ]);
    expect(slow?.injections[0]).not.toHaveProperty('forMs');
    expect(slow?.expectations).toMatchObject([
      {
        kind: 'latency',
        params: { service: 'catalog', route: 'GET /products', p95: '>= 3x baseline' },
        withinMs: 20_000,
        minRequests: 15,
      },
      { kind: 'quiet', withinMs: 50_000 },
    ]);
    expect(slow?.expectations[0]?.params).not.toHaveProperty('within');
  });

  it('gives a fault that a presenter may hold a lease that lasts', () => {
    const { show } = load(withPiece('advance: evidence', 'advance: cue'));
    expect(show?.acts[1]?.injections[0]?.ttlMs).toBe(15 * 60_000);
  });

  it('waits at most 30 s for an expectation that does not say how long', () => {
    const { show } = load(withPiece(', within: 20s, min: 15', ''));
    expect(show?.acts[1]?.expectations[0]?.withinMs).toBe(30_000);
  });

  it('has 20 s to heal an act that does not say how long', () => {
    const { show } = load(withPiece('    heals: {within: 15s}\n', ''));
    expect(show?.acts.map(({ healsWithinMs }) => healsWithinMs)).toEqual([0, 20_000]);
  });

  it('fills in the parameters that a fault has defaults for', () => {
    const { show } = load(withPiece('inject: n-plus-one, at: 5s', 'inject: memory-leak, at: 5s'));
    expect(show?.acts[1]?.injections[0]?.with).toEqual({ megabytes: 8 });
  });

  it('takes `advance` of the show for acts without their own', () => {
    const { show } = load(withPiece('acts:', 'advance: cue\nacts:'));
    expect(show?.acts.map(({ advance }) => advance)).toEqual(['cue', 'evidence']);
  });
});

describe('names', () => {
  it.each([
    [
      'rate: 90/min',
      'rat: 90/min',
      [
        '3 @{: `rate` is missing | for example `20/s`, `90/min`',
        '3 @rat: 90/min: unknown key `rat` | did you mean `rate`?',
      ],
    ],
    ['heals:', 'heal:', ['19 @heal: {within: 15s: unknown key `heal` | did you mean `heals`?']],
    [
      'profile: shoppers',
      'profile: shopers',
      ['3 @shopers: there is no load profile `shopers` | did you mean `shoppers`?'],
    ],
    ['n-plus-one', 'n-plus-on', ['14 @n-plus-on: there is no fault `n-plus-on` | did you mean `n-plus-one`?']],
    [
      'n-plus-one',
      'constructor',
      [
        '14 @constructor: there is no fault `constructor` | one of `n-plus-one`, `memory-leak`, `slow-third-party`, `cold-archive`',
      ],
    ],
    [
      'latency:',
      'latncy:',
      ['17 @latncy: {service: catalog: there is no kind of expectation `latncy` | did you mean `latency`?'],
    ],
    [
      '{service: catalog',
      '{service: catalogue',
      ['17 @catalogue: there is no service `catalogue` | did you mean `catalog`?'],
    ],
    [
      '{service: catalog',
      '{servce: catalog',
      ['17 @{: `service` is missing', '17 @servce: catalog: unknown key `servce` | did you mean `service`?'],
    ],
    ['[payment]', '[payment, paiment]', ['18 @paiment: there is no service `paiment` | did you mean `payment`?']],
    [
      'GET /products',
      'GET /product',
      ['17 @GET /product: `catalog` has no route `GET /product` | did you mean `GET /products`?'],
    ],
    ['acts:', 'backend: jager\nacts:', ['4 @jager: there is no backend `jager` | did you mean `jaeger`?']],
    [
      'acts:',
      'backend: [embedded, embedded]\nacts:',
      ['4 @embedded: the backend `embedded` is named twice | name it once'],
    ],
    [
      'see: met',
      'see: mett',
      ['22 @mett: bad moment `mett` | for example `12s`, `injected`, `proven`, `met`, `healing`, `healed`'],
    ],
    [
      'see: met',
      'See it: met',
      ['22 @See it: met: bad name `See it` | lower-case letters and digits, words joined by `-`'],
    ],
    [
      'advance: evidence',
      'advance: evidnce',
      ['12 @evidnce: `evidnce` is not allowed here | did you mean `evidence`?'],
    ],
    ['within: 20s', 'withn: 20s', ['17 @withn: 20s: unknown key `withn` | did you mean `within`?']],
  ])('%s → %s is found and a better name suggested', (piece, replacement, problems) => {
    expect(problemsOf(withPiece(piece, replacement))).toEqual(problems);
  });
});

describe('values', () => {
  it.each([
    ['for: 40s', 'for: 40 sec', '6 @40 sec: bad duration `40 sec` | for example `500ms`, `40s`, `1m30s`, `2m`'],
    ['for: 40s', 'for: 40', '6 @40: bad duration `40` | for example `500ms`, `40s`, `1m30s`, `2m`'],
    ['for: 40s', 'for: 0s', '6 @0s: a duration of 0 lets nothing happen | for example `500ms`, `40s`, `1m30s`, `2m`'],
    ['rate: 90/min', 'rate: 90', '3 @90: bad rate `90` | for example `20/s`, `90/min`'],
    ['rate: 90/min', 'rate: 0/s', '3 @0/s: a rate of 0 is no load | for example `20/s`, `90/min`'],
    ['intensity: 50%', 'intensity: 0.5', '14 @0.5: bad percentage `0.5` | for example `100%`, `25%`'],
    ['intensity: 50%', 'intensity: 101%', '14 @101%: more than 0% and at most 100% | for example `100%`, `25%`'],
    ['min: 15', 'min: 1.5', '17 @1.5: bad number of requests `1.5` | for example `20`'],
    ['heals: {within: 15s}', 'heals: 15s', '19 @15s: expected a mapping, not `15s`'],
    ['on: catalog', 'on: payment', '14 @payment: `n-plus-one` cannot be put on `payment` | one of `catalog`'],
    [
      'on: catalog',
      'on: catalog, with: {depth: 1}',
      '14 @depth: 1: unknown key `depth` | there is none to choose from',
    ],
    [
      '- quiet: {services: [payment]}',
      '- quiet',
      '18 @quiet: an expectation is a mapping with one key, its kind | for example `- quiet: {services: all}`',
    ],
  ])('%s → %s is found', (piece, replacement, problem) => {
    expect(problemsOf(withPiece(piece, replacement))).toEqual([problem]);
  });

  it('says where `within` belongs when it stands beside the kind', () => {
    expect(
      problemsOf(withPiece('- quiet: {services: [payment]}', '- quiet: {services: [payment]}\n        min: 5')),
    ).toEqual([
      '18 @quiet: {services: [payment: an expectation is a mapping with one key, its kind | write `min` inside the kind’s own braces',
    ]);
  });

  it('asks for the title in both languages', () => {
    expect(problemsOf(withPiece('title: {en: A show, ja: ショー}', 'title: {en: A show}'))).toEqual([
      '2 @{: `ja` is missing | A title is needed in every language: en, ja.',
    ]);
    expect(problemsOf(withPiece('ja: 遅いカタログ', "ja: ''"))[0]).toMatch(/^10 @'': nothing is written here/);
  });
});

describe('times', () => {
  it.each([
    [
      'at: 5s',
      'at: 60s',
      ['14 @60s: the fault comes at 1m, when its act is over (1m) | an earlier `at`, or a longer act'],
    ],
    [
      'for: 20s',
      'for: 51s',
      [
        '15 @51s: the fault stays until 1m1s, longer than its act (1m) | at most `50s`; without `for` it stays until the act ends',
      ],
    ],
    [
      'for: 20s',
      'ttl: 20s',
      ['15 @20s: the fault would expire after 20s, before its end (50s) | leave `ttl` out, or at least `50s`'],
    ],
    [
      'within: 20s',
      'within: 51s',
      [
        '17 @51s: after 51s the act is over: 50s are left once its last fault is in force | at most `50s`, or a longer act',
      ],
    ],
    [
      'look: 12s',
      'look: 60s',
      ['21 @60s: the cue comes at 1m, when its act is over (1m) | an earlier time, `healing` or `healed`'],
    ],
    [
      '[payment]}',
      '[payment], within: 5s}',
      ['18 @5s: `quiet` holds over the whole act, so `within` means nothing | leave `within` out'],
    ],
  ])('%s → %s does not fit into the act', (piece, replacement, problems) => {
    const found = problemsOf(withPiece(piece, replacement));
    expect(found).toEqual(expect.arrayContaining(problems));
  });

  it('finds an expectation that has less time than its kind is judged over', () => {
    const late = withPiece('at: 10s, for: 20s', 'at: 55s')
      .replace(', within: 20s', '')
      .replace('- quiet: {services: [payment]}', '- traffic: {service: payment}');
    expect(problemsOf(late)).toEqual([
      '18 @traffic: {service: payment: `traffic` is judged over at least 6s, and has 5s | an earlier fault, or a longer act',
    ]);
  });

  it('allows one release of a service at a time', () => {
    expect(problemsOf(withSecondFault('- {inject: memory-leak, on: catalog, at: 10s}'))).toEqual([
      '15 @memory-leak: `n-plus-one`, another release, is on `catalog` until 1m | put them one after the other with `at` and `for`, or in two acts',
    ]);
    expect(problemsOf(withSecondFault('- {inject: n-plus-one, at: 10s}'))[0]).toMatch(
      /^15 @n-plus-one: `n-plus-one` is on `catalog` until 1m/,
    );
    expect(problemsOf(withSecondFault('- {inject: memory-leak, on: payment, at: 10s}'))).toEqual([]);
    expect(
      problemsOf(
        withSecondFault('- {inject: memory-leak, on: catalog, at: 30s}').replace('at: 5s', 'at: 5s, for: 25s'),
      ),
    ).toEqual([]);
  });
});

describe('what cannot be seen', () => {
  it.each([
    [
      '{service: catalog, route: GET /products',
      '{service: storefront, route: GET /about',
      '17 @GET /about: the profile `shoppers` sends no traffic to `storefront GET /about` | it reaches `GET /api/products`, `POST /api/orders`',
    ],
    [
      '[payment]',
      '[archive]',
      '18 @archive: the profile `shoppers` sends no traffic to `archive` | it reaches `storefront`, `catalog`, `payment`',
    ],
    [
      '[payment]',
      '[bank]',
      '18 @bank: `bank` sends no telemetry, so nothing can be seen on it | look at it from its caller: `payment`',
    ],
    [
      'inject: n-plus-one, at: 5s, on: catalog',
      'inject: cold-archive',
      '14 @cold-archive: `cold-archive` takes effect only with traffic on `archive GET /archive`, and the profile `shoppers` sends none | choose another load profile',
    ],
  ])('%s → %s is found', (piece, replacement, problem) => {
    expect(problemsOf(withPiece(piece, replacement))).toEqual([problem]);
  });

  it('is not judged for a profile that does not say what it reaches', () => {
    expect(problemsOf(withPiece('profile: shoppers', 'profile: custom').replace('[payment]', '[archive]'))).toEqual([]);
  });

  it('includes anomalies in an act without faults, but not what is normal', () => {
    expect(problemsOf(withCalm("- latency: {service: catalog, p95: '>= 1s'}"))).toEqual([
      '8 @latency: {service: catalog: `latency` expects an anomaly, and this act has no fault that could cause one | move it to the act with the fault, or add the fault',
    ]);
    expect(problemsOf(withCalm('- traffic: {service: catalog}'))).toEqual([]);
  });

  it('includes a comparison without a calm act before it', () => {
    const lines = good.split('\n');
    const withoutCalm = [...lines.slice(0, 4), ...lines.slice(8)].join('\n');
    expect(problemsOf(withoutCalm)).toEqual([
      '5 @act: slow-catalogue: `latency` in line 13 compares with a calm first act, and this one has faults | begin with `- act: calm` without faults, for example `for: 40s`',
    ]);
  });

  it('includes cues and recoveries that never come', () => {
    expect(
      problemsOf(
        withPiece(
          '      - quiet: {services: all}\n',
          '      - quiet: {services: all}\n    heals: {within: 5s}\n    cues: {now: healed}\n',
        ),
      ),
    ).toEqual([
      '9 @heals: {within: 5s: nothing heals in an act without faults | remove `heals`, or add the fault',
      '10 @healed: `healed` never comes in an act without faults | a time after the act’s start, for example `12s`',
    ]);
  });

  it('includes a time to heal in which no recovery can be told', () => {
    expect(problemsOf(withPiece('heals: {within: 15s}', 'heals: {within: 5s}'))).toEqual([
      '19 @5s: no recovery can be told within 5s | at least `8s`',
    ]);
  });

  it('includes a fault that the chosen runtime has no means for', () => {
    const runtime = { name: 'containers', capabilities: new Set(['network'] as const) };
    const { problems } = loadShow({ file: 'show.yaml', text: good }, { ...smallCatalogue, runtime });
    expect(problems.map(({ message }) => message)).toEqual([
      '`n-plus-one` needs `release`, `flags`, which the runtime `containers` cannot do',
    ]);
  });

  it('names the runtime that has the means', () => {
    const runtime = { name: 'process', capabilities: new Set(['network'] as const) };
    const other = { name: 'containers', capabilities: new Set(['network', 'release', 'flags'] as const) };
    const { problems } = loadShow(
      { file: 'show.yaml', text: good },
      { ...smallCatalogue, runtime, runtimes: [runtime, other] },
    );
    expect(problems).toMatchObject([
      { message: '`n-plus-one` needs the containers runtime', hint: '--runtime containers', at: { line: 14 } },
    ]);
  });

  it('includes traffic that a fault needs on the target it is put on, and none that only its other targets need', () => {
    const onEither = {
      needs: [],
      targets: ['catalog', 'archive'],
      traffic: [{ service: 'catalog' }, { service: 'archive' }],
    };
    const faults = { ...smallCatalogue.faults, outage: { ...smallCatalogue.faults['memory-leak']!, ...onEither } };
    const messages = (on: string) =>
      loadShow(
        { file: 'show.yaml', text: withSecondFault(`- {inject: outage, on: ${on}}`) },
        { ...smallCatalogue, faults },
      ).problems.map(({ message }) => message);
    expect(messages('catalog')).toEqual([]);
    expect(messages('archive')).toEqual([
      '`outage` takes effect only with traffic on `archive`, and the profile `shoppers` sends none',
    ]);
  });
});

describe('duplicates', () => {
  it('are found among acts', () => {
    expect(problemsOf(withPiece('act: slow-catalogue', 'act: calm'))).toEqual([
      '9 @calm: there is already an act `calm`, in line 5 | give each act its own name',
    ]);
  });

  it('are found among keys and cues, and do not stop the search', () => {
    expect(problemsOf(withPiece('look: 12s', 'look: 12s\n      look: 13s').replace('n-plus-one', 'n-plus-on'))).toEqual(
      [
        '14 @n-plus-on: there is no fault `n-plus-on` | did you mean `n-plus-one`?',
        '22 @look: 13s: this key is written twice in the same mapping | remove one of them',
      ],
    );
  });
});

describe('a file that is no show', () => {
  it.each([
    ['empty', '', /^1 @: nothing is written here \| write the keys `show`, `title`/],
    ['a comment only', '# nothing\n', /nothing is written here/],
    ['a list', '- a\n- b\n', /^1 @- a: expected a mapping, not `\["a","b"\]`/],
    ['a text', 'hello\n', /^1 @hello: expected a mapping, not `hello`/],
    [
      'tabs',
      'show: a\nload:\n\tprofile: x\n',
      /^3 @\tprofile: x: not YAML: Tabs are not allowed as indentation \| indent with spaces/,
    ],
    ['two documents', 'show: a\n---\nshow: b\n', /one show to a file/],
    ['open brackets', 'load: {profile: x\n', /^2 @: not YAML: /],
    [
      'an unquoted comparison',
      'acts:\n  - {p95: >= 3x baseline}\n',
      /^2 @>= 3x baseline: not YAML: .* \| a comparison needs quotes: '>= 3x baseline'/,
    ],
    ['an alias without anchor', 'show: *name\n', /^1 @\*name: there is no anchor `&name` above/],
    ['an alias inside its anchor', 'show: &a [*a]\n', /^1 @show: &a \[\*a: aliases make this file grow without end/],
    ['deep nesting', '['.repeat(20_000), /^1 @\[+: not YAML: nested too deeply/],
  ])('%s is told as such', (_, text, problem) => {
    expect(problemsOf(text)[0]).toMatch(problem);
  });

  it('may be an alias bomb', () => {
    const levels = 'abcdefghi'.split('').map(
      (name, index, all) =>
        `${name}: &${name} [${Array(9)
          .fill(index === 0 ? 'x' : `*${all[index - 1]}`)
          .join(', ')}]`,
    );
    expect(problemsOf(levels.join('\n'))).toEqual([
      expect.stringMatching(
        /^1 @a: .*: aliases make this file grow without end \(at most 100 are followed\) \| write the values out instead of `\*alias`$/,
      ),
    ]);
  });

  it('may have 10 MB', () => {
    const problems = problemsOf('a'.repeat(10 * 1024 * 1024));
    expect(problems).toEqual([
      expect.stringMatching(/^1 @a+: the file has 10240 KB; at most 256 KB are read \| is this the right file\?$/),
    ]);
  });
});

it('tells all problems at once, in the order of the file, each with its line', () => {
  const bad = good
    .replace('profile: shoppers', 'profile: shopers')
    .replace('for: 40s', 'for: forty')
    .replace('n-plus-one', 'n-plus-on')
    .replace('p95:', 'p59:')
    .replace('within: 15s', 'within: soon')
    .replace('look: 12s', 'look: 99s')
    .concat('curtain: red\n');
  const { problems } = load(bad);
  expect(problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`)).toEqual([
    'show.yaml:3 there is no load profile `shopers`',
    'show.yaml:6 bad duration `forty`',
    'show.yaml:14 there is no fault `n-plus-on`',
    'show.yaml:17 `p95` is missing',
    'show.yaml:17 unknown key `p59`',
    'show.yaml:19 bad duration `soon`',
    'show.yaml:21 the cue comes at 1m39s, when its act is over (1m)',
    'show.yaml:23 unknown key `curtain`',
  ]);
  expect(problems[0]?.excerpt).toBe('load: {profile: shopers, rate: 90/min}');
});
