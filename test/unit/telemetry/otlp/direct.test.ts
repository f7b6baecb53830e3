import { beforeAll, describe, expect, test } from 'vitest';
import { readRequest, writeRequest } from '../../../../orchestrator/telemetry/forward/transcode.ts';
import { decode, decodeAny } from '../../../../orchestrator/telemetry/otlp/decode.ts';
import { readTraces } from '../../../../orchestrator/telemetry/otlp/direct/traces.ts';
import { knownShop } from '../../../support/known-shop.ts';
import { otlpSpan, tracesRequest } from '../../../support/otlp-data.ts';
import { damaged, rearranged } from '../../../support/otlp-fuzz.ts';
import { seeded } from '../../../support/random.ts';
import { richTraces } from '../../../support/rich-otlp.ts';
import { shopBodies } from '../../../support/shop-spans.ts';
import { spanRecords } from '../../../support/span-records.ts';

function protobufOf(request: unknown): Buffer {
  return writeRequest('traces', 'protobuf', readRequest('traces', 'json', Buffer.from(JSON.stringify(request))));
}

/** Everything that a reader says of a request. */
function outcome(read: typeof decode, body: Buffer): unknown {
  try {
    const { records, rejected, reason } = read('traces', 'protobuf', body);
    return { spans: spanRecords(records.spans), exceptions: records.exceptions, rejected, reason };
  } catch (error) {
    return { error: String(error) };
  }
}

function expectSame(body: Buffer): void {
  expect(outcome(decode, body)).toEqual(outcome(decodeAny, body));
}

const span = otlpSpan({
  service: 'cart',
  traceId: 'a1'.repeat(16),
  spanId: 'b2'.repeat(8),
  startMs: 1_767_600_000_000,
  durationMs: 5,
});
const requestOf = (fields: object): Buffer =>
  protobufOf({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...fields }] }] }] });
const withAttributes = (...attributes: readonly (readonly [string, object])[]): Buffer =>
  requestOf({ attributes: attributes.map(([key, value]) => ({ key, value })) });

describe('the direct reader says what the general one says', () => {
  test('of what the OpenTelemetry SDK sends, and reads all of that', async () => {
    for (const body of await shopBodies(100)) {
      expect(readTraces(body)).toBeDefined();
      expectSame(body);
    }
  });

  test('of the known shop, and reads all of it', () => {
    const body = protobufOf(tracesRequest(knownShop().spans));
    expect(readTraces(body)).toBeDefined();
    expectSame(body);
  });

  test('of a request with everything in it', () => {
    const body = protobufOf(richTraces);
    expectSame(body);
    expect(readTraces(body)).toBeDefined();
  });

  test.each<readonly [string, readonly (readonly [string, object])[]]>([
    ['text beyond ASCII', [['shop.name', { stringValue: '注文 🎭 é' }]]],
    [
      'text that JSON escapes',
      [
        ['http.route', { stringValue: '/a"b\\c\n\u0000\u007f' }],
        ['db.name', { stringValue: '"' }],
      ],
    ],
    [
      'keys that JSON escapes',
      [
        ['a"b', { stringValue: 'x' }],
        ['キー', { intValue: '1' }],
      ],
    ],
    [
      'empty text, which no column takes',
      [
        ['http.route', { stringValue: '' }],
        ['url.path', { stringValue: '/x' }],
      ],
    ],
    [
      'older names before newer ones',
      [
        ['http.method', { stringValue: 'GET' }],
        ['http.request.method', { stringValue: 'PUT' }],
      ],
    ],
    [
      'newer names before older ones',
      [
        ['db.namespace', { stringValue: 'a"' }],
        ['db.system', { stringValue: 'b"' }],
      ],
    ],
    [
      'older names with text that JSON escapes',
      [
        ['db.system', { stringValue: 'b"' }],
        ['db.namespace', { stringValue: 'a' }],
      ],
    ],
    [
      'integers of every size',
      [0, 9, 10, 99, 1000, 2 ** 28 - 1, 2 ** 28, -1, '9007199254740993'].map(
        (n, index) => [`n${index}`, { intValue: String(n) }] as const,
      ),
    ],
    ['doubles', [1.5, -0, 1e300, 'NaN', 'Infinity'].map((n, index) => [`n${index}`, { doubleValue: n }] as const)],
    [
      'booleans',
      [
        ['yes', { boolValue: true }],
        ['no', { boolValue: false }],
      ],
    ],
    [
      'lists, maps and bytes',
      [
        ['l', { arrayValue: { values: [{ intValue: '1' }] } }],
        ['m', { kvlistValue: { values: [] } }],
        ['b', { bytesValue: 'AQID' }],
      ],
    ],
    ['no value', [['nothing', {}]]],
    ['a status as text', [['http.response.status_code', { stringValue: '404' }]]],
    ['a status that is none', [['http.response.status_code', { stringValue: 'teapot' }]]],
    ['a status that is a double', [['http.status_code', { doubleValue: 200 }]]],
    [
      'a column that is a number',
      [
        ['peer.service', { intValue: '7' }],
        ['http.method', { boolValue: true }],
      ],
    ],
    ['__proto__', [['__proto__', { stringValue: 'x' }]]],
  ])('of attributes with %s, and reads them itself', (_, attributes) => {
    const body = withAttributes(...attributes);
    expect(readTraces(body)).toBeDefined();
    expectSame(body);
  });

  test.each<readonly [string, Buffer]>([
    ['no start', requestOf({ startTimeUnixNano: '0' })],
    ['an end before the start', requestOf({ endTimeUnixNano: '5' })],
    ['an end beyond 63 bits', requestOf({ endTimeUnixNano: '18446744073709551615' })],
    ['a short trace id', requestOf({ traceId: 'abcd' })],
    ['a span id of zeros', requestOf({ spanId: '0'.repeat(16) })],
    ['a key twice', withAttributes(['a', { intValue: '1' }], ['b', { intValue: '2' }], ['a', { intValue: '3' }])],
    ['an empty key', withAttributes(['', { intValue: '1' }])],
    ['a key that is a number', withAttributes(['b', { intValue: '1' }], ['7', { intValue: '2' }])],
    ['a negative kind', requestOf({ kind: -1 })],
  ])('of %s, which it leaves to that one', (_, body) => {
    expect(readTraces(body)).toBeUndefined();
    expectSame(body);
  });

  test('of enums that are newer, parents that are none, and a message of a status', () => {
    expectSame(requestOf({ kind: 99, status: { code: 77, message: 'é' }, parentSpanId: '0'.repeat(16) }));
    expectSame(requestOf({ status: { message: '' }, name: '\ufeff注文' }));
    expectSame(requestOf({ name: '' }));
    expectSame(requestOf({ events: [{ name: 'exception', timeUnixNano: '5', attributes: [] }, { name: 'other' }] }));
  });

  test('however many keys there are', () => {
    const keys = Array.from({ length: 6000 }, (_, index) => [`key${index}`, { intValue: '1' }] as const);
    expectSame(withAttributes(...keys));
    expectSame(withAttributes(['key', { intValue: '1' }]));
  });
});

describe('of requests that no SDK would send', () => {
  let bodies: readonly Buffer[];

  beforeAll(async () => {
    bodies = [
      ...(await shopBodies(4)),
      protobufOf(richTraces),
      protobufOf(tracesRequest(knownShop().spans.slice(380, 390))),
    ];
  });

  test.each([
    ['damaged', damaged],
    ['rearranged', rearranged],
  ] as const)('both readers say the same of %s ones', { timeout: 30_000 }, (_, change) => {
    const random = seeded(1);
    let direct = 0;
    for (let n = 0; n < 1000; n += 1) {
      const body = change(bodies[n % bodies.length] ?? Buffer.alloc(0), random);
      if (readTraces(body)) direct += 1;
      expectSame(body);
    }
    // Not by never reading anything.
    expect(direct).toBeGreaterThan(100);
  });
});
