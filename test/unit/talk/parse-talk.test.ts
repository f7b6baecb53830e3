import { describe, expect, it } from 'vitest';
import type { Act } from '../../../orchestrator/show/show.ts';
import { parseTalk } from '../../../orchestrator/talk/parse-talk.ts';
import { smallCatalogue } from '../../support/small-catalogue.ts';

const at = { file: 'show.yaml', line: 1, col: 1 };

function act(name: string, cues: readonly string[] = []): Act {
  const when = { atMs: 5000 };
  return {
    name,
    title: { en: name, ja: name },
    forMs: 40_000,
    advance: 'clock',
    injections: [],
    expectations: [],
    healsWithinMs: 0,
    cues: cues.map((cue) => ({ name: cue, when })),
    at,
  };
}

const acts = [act('calm'), act('slow', ['look', 'fixed'])];

const good = `<!-- Rehearse twice. -->
# A talk

## act: calm

This shop is
instrumented.

{{trace: storefront POST /api/orders}}

## act: slow
<!-- wait
     for them -->
Something is slow.

{{servers}}

### cue: look
{{trace: catalog GET /products, slowest}}
Here it is.

### cue: fixed
All is well.
`;

const shoppers = { profiles: ['shoppers'], reaches: smallCatalogue.profiles['shoppers']?.reaches };
const parse = (text: string, language: 'en' | 'ja' = 'en') =>
  parseTalk({ file: 'talk.en.md', text }, { language, acts, traffic: () => shoppers, catalogue: smallCatalogue });

const problemsOf = (text: string) =>
  parse(text).problems.map(({ at: { line, col }, message, hint }) => `${line}:${col} ${message} | ${hint}`);

function withPiece(piece: string, replacement: string): string {
  if (!good.includes(piece)) throw new Error(`no such piece: ${piece}`);
  return good.replace(piece, replacement);
}

it('reads what is said and shown, in which act, at which cue', () => {
  const { talk, problems } = parse(good);
  expect(problems).toEqual([]);
  expect(talk?.acts['calm']).toEqual({
    at: { file: 'talk.en.md', line: 4, col: 1 },
    sections: [
      {
        at: { file: 'talk.en.md', line: 4, col: 1 },
        parts: [
          { kind: 'say', text: 'This shop is instrumented.' },
          { kind: 'show-trace', service: 'storefront', route: 'POST /api/orders', pick: 'newest' },
        ],
      },
    ],
  });
  expect(talk?.acts['slow']?.sections).toMatchObject([
    { parts: [{ kind: 'say', text: 'Something is slow.' }, { kind: 'show-servers' }] },
    {
      cue: 'look',
      parts: [
        { kind: 'show-trace', pick: 'slowest' },
        { kind: 'say', text: 'Here it is.' },
      ],
    },
    { cue: 'fixed', at: { line: 22 } },
  ]);
});

it('shows what failing requests have in common', () => {
  const part = { kind: 'show-tendency', service: 'catalog', route: 'GET /products', of: 'errors' };
  for (const written of ['{{tendency: catalog GET /products, errors}}', '{{tendency: catalog GET /products}}']) {
    expect(parse(withPiece('{{servers}}', written)).talk?.acts['slow']?.sections[0]?.parts[1]).toEqual(part);
  }
});

it('joins the lines of a Japanese paragraph without a space, but keeps it beside Latin words', () => {
  const { talk } = parse(
    withPiece('This shop is\ninstrumented.', 'これは\nお店です。\nトレースは\ntrace\nです。'),
    'ja',
  );
  expect(talk?.acts['calm']?.sections[0]?.parts[0]).toEqual({
    kind: 'say',
    text: 'これはお店です。トレースは trace です。',
  });
});

it('has no opening section in an act that begins with a cue', () => {
  const { talk } = parse(withPiece('Something is slow.\n\n{{servers}}\n', ''));
  expect(talk?.acts['slow']?.sections.map(({ cue }) => cue)).toEqual(['look', 'fixed']);
});

describe('a talk that does not fit its show', () => {
  it.each([
    [
      '## act: slow',
      '## act: slo',
      [
        '1:1 nothing is said in the act `slow` | write `## act: slow`',
        '11:1 the show has no act `slo` | did you mean `slow`?',
      ],
    ],
    [
      '### cue: look',
      '### cue: lok',
      [
        '11:1 nothing is said at the cue `look` of this act | write `### cue: look`',
        '18:1 the act `slow` has no cue `lok` | did you mean `look`?',
      ],
    ],
    [
      '### cue: fixed',
      '### cue: look',
      [
        '11:1 nothing is said at the cue `fixed` of this act | write `### cue: fixed`',
        '22:1 the cue `look` is already told in line 18 | tell a cue in one place',
      ],
    ],
    [
      '## act: slow',
      '## act: calm\n\nAgain.\n\n## act: slow',
      ['11:1 the act `calm` is already told in line 4 | tell an act in one place'],
    ],
    ['This shop is\ninstrumented.', '', ['4:1 nothing is said in the act `calm` | write a paragraph below this line']],
    ['All is well.', '', ['22:1 nothing is said at the cue `fixed` | write a paragraph below this line']],
    ['# A talk', '', ['1:1 the talk has no title | begin with `# Title`']],
    [
      '# A talk',
      '# A talk\n\nHello.',
      ['4:1 this stands before the first act | write `## act: name` above it, or make it a note: `<!-- … -->`'],
    ],
    ['# A talk', '# A talk\n### cue: look', ['3:1 a cue belongs to an act | write `## act: name` above it']],
    [
      '{{servers}}',
      '#### More',
      ['16:1 `#### More` is no heading of a talk | one `# title`, then `## act: name` and `### cue: name`'],
    ],
    ['{{servers}}', '{{server}}', ['16:1 `{{server}}` shows nothing | did you mean `servers`?']],
    [
      '{{servers}}',
      '{{traces: catalog GET /products}}',
      ['16:1 `{{traces: catalog GET /products}}` shows nothing | did you mean `trace`?'],
    ],
    [
      '{{servers}}',
      '{{trace: catalog}}',
      [
        '16:1 `{{trace: catalog}}` shows nothing | write `{{trace: storefront POST /api/orders, newest}}`, `{{tendency: checkout POST /orders, errors}}` or `{{servers}}`',
      ],
    ],
    [
      '{{servers}}',
      '{{tendency: catalog GET /products, slow}}',
      ['16:1 `slow` names no requests to compare | one of `errors`'],
    ],
    [', slowest', ', slow', ['19:1 `slow` picks no trace | did you mean `slowest`?']],
    ['trace: catalog', 'trace: catalogue', ['19:1 there is no service `catalogue` | did you mean `catalog`?']],
    [
      'trace: catalog GET /products',
      'trace: catalog GET /product',
      ['19:1 `catalog` has no route `GET /product` | did you mean `GET /products`?'],
    ],
    [
      'trace: catalog GET /products',
      'trace: bank POST /charges',
      ['19:1 `bank` sends no telemetry, so nothing can be seen on it | look at it from its caller: `payment`'],
    ],
    [
      'trace: catalog GET /products',
      'trace: storefront GET /about',
      [
        '19:1 the profile `shoppers` sends no traffic to `storefront GET /about` | it reaches `GET /api/products`, `POST /api/orders`',
      ],
    ],
    [
      'Here it is.',
      'Here {{servers}} it is.',
      ['20:6 a directive stands on a line of its own | put `{{…}}` between two paragraphs'],
    ],
    ['All is well.', 'All is well. <!-- smile', ['23:14 this comment does not end | close it with `-->`']],
  ])('%j → %j is found', (piece, replacement, problems) => {
    expect(problemsOf(withPiece(piece, replacement))).toEqual(problems);
  });
});
