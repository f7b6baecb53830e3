import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mackerel } from '../../../../orchestrator/backends/mackerel/adapter.ts';
import { traceAnswer } from '../../../../orchestrator/backends/mackerel/answers.ts';
import { linkTo } from '../../../../orchestrator/backends/mackerel/links.ts';
import { touches } from '../../../../orchestrator/backends/mackerel/listing.ts';
import { settings, shopServices } from '../../../../orchestrator/backends/mackerel/settings.ts';
import { traceOf } from '../../../../orchestrator/backends/mackerel/spans.ts';
import { around, isEmpty, pieces, wholeSeconds } from '../../../../orchestrator/backends/mackerel/windows.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { packageRoot } from '../../../../orchestrator/package-root.ts';

const apiKey = new Secret('key');

function listed(traceStartAt: number, traceLatencyMillis: number) {
  return { traceId: 'a', traceStartAt, traceLatencyMillis, serviceStartAt: traceStartAt, serviceLatencyMillis: 0 };
}

function read(...spans: object[]) {
  return traceOf(traceAnswer.parse({ spans }))?.spans;
}

function sentTo(settingsGiven: object) {
  const destination = mackerel.destination(mackerel.settings.parse({ apiKey, ...settingsGiven }));
  const key = destination?.headers['Mackerel-Api-Key'];
  return { ...destination, key: key instanceof Secret ? key.reveal() : undefined };
}

describe('settings', () => {
  test('a key is enough', () => {
    expect(settings.parse({ apiKey })).toMatchObject({
      url: 'https://api.mackerelio.com',
      otlp: 'https://otlp-vaxila.mackerelio.com',
      namespace: 'shop',
      environment: 'production',
      delayMs: 30_000,
      limits: { askEveryMs: 1100, traceEveryMs: 100, maxTraces: 300 },
    });
    expect(() => settings.parse({ apiKey: 'in clear' })).toThrow('not written here');
    expect(() => settings.parse({ apiKey, colour: 'blue' })).toThrow('colour');
  });

  test('the services are those of the shop that send telemetry', () => {
    const { services } = parse(readFileSync(`${packageRoot()}/services/shop.yaml`, 'utf8')) as {
      services: Record<string, { instrumented?: boolean }>;
    };
    const instrumented = Object.entries(services).filter(([, { instrumented: own = true }]) => own);
    expect(shopServices).toEqual(instrumented.map(([name]) => name));
  });

  test('telemetry goes to Mackerel’s receiver with the write key, metrics nowhere', () => {
    const sent = sentTo({ writeKey: new Secret('write') });
    expect(sent).toMatchObject({
      key: 'write',
      headers: { Accept: '*/*' },
      encoding: 'protobuf',
      gzip: true,
      maxRequestBytes: 3_500_000,
    });
    expect(sent.urls).toEqual({
      traces: 'https://otlp-vaxila.mackerelio.com/v1/traces',
      logs: 'https://otlp-vaxila.mackerelio.com/v1/logs',
    });
    expect(sentTo({ otlp: 'http://127.0.0.1:1/' })).toMatchObject({
      key: 'key',
      urls: { traces: 'http://127.0.0.1:1/v1/traces' },
    });
  });
});

describe('windows', () => {
  test('statistics are asked for the whole seconds inside, half an hour at a time', () => {
    expect(wholeSeconds('m', { from: 1001, to: 5999 })).toEqual({ from: 2, to: 5 });
    expect(wholeSeconds('m', { from: 1000, to: 2000 })).toEqual({ from: 1, to: 2 });
    expect(() => wholeSeconds('m', { from: 1001, to: 2000 })).toThrow('whole seconds');
    expect(pieces('m', { from: 0, to: 1800 })).toEqual([{ from: 0, to: 1800 }]);
    expect(pieces('m', { from: 10, to: 3700 })).toEqual([
      { from: 10, to: 1810 },
      { from: 1810, to: 3610 },
      { from: 3610, to: 3700 },
    ]);
  });

  test('more than a day, and a window without end, are too much', () => {
    expect(pieces('m', { from: 0, to: 86_400 })).toHaveLength(48);
    expect(() => pieces('m', { from: 0, to: 86_401 })).toThrow('half hour');
    expect(() => pieces('m', wholeSeconds('m', { from: -Infinity, to: Infinity }))).toThrow('half hour');
  });

  test('an impossible window is empty', () => {
    const impossible = [
      { from: 1, to: 1 },
      { from: 2, to: 1 },
      { from: Number.NaN, to: 1 },
      { from: 1, to: Number.NaN },
    ];
    expect(impossible.map(isEmpty)).toEqual([true, true, true, true]);
    expect(isEmpty({ from: 1, to: 2 })).toBe(false);
  });

  test('a search goes a little further back, and numbers stay numbers', () => {
    expect(around({ from: 20_500, to: 30_500 })).toEqual({ from: 10, to: 31 });
    expect(around({ from: -Infinity, to: Infinity })).toEqual({ from: 0, to: 8.64e12 });
  });

  test('a listed trace is fetched if it may reach into the window, its seconds being cut off', () => {
    const window = { from: 10_000, to: 20_000 };
    expect(touches(listed(8, 999), window)).toBe(false);
    expect(touches(listed(9, 0), window)).toBe(true);
    expect(touches(listed(5, 4000), window)).toBe(true);
    expect(touches(listed(19, 5), window)).toBe(true);
    expect(touches(listed(20, 5), window)).toBe(false);
  });
});

describe('links', () => {
  const window = { from: 1500, to: 2500 };

  test('lead to the documented page', () => {
    const plain = settings.parse({ apiKey });
    expect(linkTo(plain, { of: 'trace', traceId: 'abc' }, window)).toBe('https://mackerel.io/my/apm');
    expect(linkTo(plain, { of: 'error', service: 'a', type: 'b' }, window)).toBe('https://mackerel.io/my/apm');
  });

  test('or where the settings say, with everything encoded', () => {
    const own = settings.parse({
      apiKey,
      org: 'my org',
      links: {
        trace: 'https://mackerel.io/orgs/{org}/t/{traceId}?from={from}&to={to}',
        query: 'https://mackerel.io/q?service={service}&query={query}&x={nothing}',
      },
    });
    expect(linkTo(own, { of: 'trace', traceId: 'abc' }, window)).toBe(
      'https://mackerel.io/orgs/my%20org/t/abc?from=1&to=3',
    );
    expect(linkTo(own, { of: 'query', service: 'cart', query: 'a = $1 & b' }, window)).toBe(
      'https://mackerel.io/q?service=cart&query=a%20%3D%20%241%20%26%20b&x=',
    );
    expect(linkTo(own, { of: 'service', service: 'cart' }, window)).toBe('https://mackerel.io/my/apm');
  });
});

describe('a trace', () => {
  const at = '2025-07-09T14:03:02.000Z';
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    // As the documentation has it, longer than an id is.
    spanId: '012345678012345678',
    traceState: 'congo=xx,key=val',
    name: 'test-span',
    kind: 'internal',
    startTime: at,
    endTime: at,
    attributes: [{ key: 'http.route', value: { valueType: 'string', stringValue: '/' } }],
    droppedAttributesCount: 0,
    events: [{ time: at, name: 'event1', attributes: [], droppedAttributesCount: 0 }],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: 'status message', code: 'ok' },
    resource: { attributes: [], droppedAttributesCount: 0 },
    scope: { name: 'my-library', version: '1.0.0', attributes: [], droppedAttributesCount: 0 },
  };
  test('of the documentation is read', () => {
    expect(read(span)).toEqual([
      {
        traceId: span.traceId,
        spanId: span.spanId,
        service: 'unknown_service',
        name: 'test-span',
        kind: 'internal',
        startMs: Date.parse(at),
        durationMs: 0,
        status: 'ok',
        statusMessage: 'status message',
        attributes: { 'http.route': '/' },
        resource: {},
        events: [{ name: 'event1', timeMs: Date.parse(at), attributes: {} }],
      },
    ]);
    expect(traceOf(traceAnswer.parse({ spans: [] }))).toBeUndefined();
  });

  test('has times as exact as they are given, in any zone, and values of every type', () => {
    const values = [
      { valueType: 'bool', boolValue: false },
      { valueType: 'int', intValue: 10 },
      { valueType: 'double', doubleValue: 0.5 },
      {
        valueType: 'array',
        arrayValue: [{ valueType: 'int', intValue: 10 }, { valueType: 'empty' }],
      },
      { valueType: 'kvlist', kvlistValue: { en: { valueType: 'string', stringValue: 'success' } } },
      { valueType: 'bytes', bytesValue: 'AAE=' },
      { valueType: 'empty' },
    ];
    const exact = {
      ...span,
      startTime: '2025-07-09T23:03:02.0015+09:00',
      endTime: '2025-07-09T14:03:02.25Z',
      attributes: values.map((value, index) => ({ key: `v${index}`, value })),
    };
    expect(read(exact)).toMatchObject([{ startMs: Date.parse(at) + 1.5, durationMs: 248.5 }]);
    expect(read(exact)?.[0]?.attributes).toEqual({
      v0: false,
      v1: 10,
      v2: 0.5,
      v3: '[10,null]',
      v4: '{"en":"success"}',
      v5: 'AAE=',
    });
  });

  test('in another shape is none', () => {
    // As another client of this API expects it, and its documentation does not say.
    expect(traceAnswer.safeParse({ spans: [{ ...span, startTime: 1_752_069_782 }] }).success).toBe(false);
    expect(traceAnswer.safeParse({ spans: [{ ...span, attributes: { a: 1 } }] }).success).toBe(false);
    expect(traceAnswer.safeParse({}).success).toBe(false);
  });
});
