import { describe, expect, test } from 'vitest';
import { decode, type Signal } from '../../../../orchestrator/telemetry/otlp/decode.ts';
import { otlpSpan } from '../../../support/otlp-data.ts';
import { type SpanFields, spanRecords } from '../../../support/span-records.ts';

const span = otlpSpan({
  service: 'cart',
  traceId: 'a1'.repeat(16),
  spanId: 'b2'.repeat(8),
  startMs: 1_767_600_000_000,
  durationMs: 5,
});

function decodeJson(signal: Signal, request: unknown): ReturnType<typeof decode> {
  return decode(signal, 'json', Buffer.from(JSON.stringify(request)));
}

function spanWith(fields: Record<string, unknown>): SpanFields {
  const { records, reason } = decodeJson('traces', {
    resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...fields }] }] }],
  });
  const [record] = spanRecords(records.spans);
  if (record === undefined) throw new Error(reason);
  return record;
}

function attribute(value: unknown): unknown {
  const { attributes } = spanWith({ attributes: [{ key: 'it', value }] });
  return (attributes as Record<string, unknown>)['it'];
}

function log(fields: object): unknown {
  return decodeJson('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [fields] }] }] }).records.logs[0];
}

describe('OTLP/JSON', () => {
  test('ids are hex of any case', () => {
    expect(spanWith({ traceId: 'AB'.repeat(16), spanId: 'Cd'.repeat(8), parentSpanId: 'EF'.repeat(8) })).toMatchObject({
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      parentSpanId: 'ef'.repeat(8),
    });
  });

  test('no parent may be written as absent, null, empty or zeros', () => {
    for (const parentSpanId of [undefined, null, '', '0'.repeat(16)])
      expect(spanWith({ parentSpanId }).parentSpanId).toBeNull();
  });

  test('64-bit integers may be strings or numbers', () => {
    const times = { startTimeUnixNano: 1_767_600_000_000_000_000, endTimeUnixNano: '1767600000000000007' };
    expect(spanWith(times)).toMatchObject({ startNs: 1_767_600_000_000_000_000n, durationNs: 7n });
    expect(attribute({ intValue: 5 })).toBe(5);
    expect(attribute({ intValue: '-5' })).toBe(-5);
  });

  test('an integer that a double cannot hold stays exact, as text', () => {
    expect(attribute({ intValue: '9007199254740993' })).toBe('9007199254740993');
  });

  test('enums may be numbers or names, and an unknown number is unspecified', () => {
    expect(spanWith({ kind: 3, status: { code: 'STATUS_CODE_ERROR' } })).toMatchObject({ kind: 3, status: 2 });
    expect(spanWith({ kind: 'SPAN_KIND_CLIENT', status: { code: 2 } })).toMatchObject({ kind: 3, status: 2 });
    expect(spanWith({ kind: 99 }).kind).toBe(0);
  });

  test('unknown fields are ignored', () => {
    expect(spanWith({ colour: 'red', droppedAttributesCount: 3, links: [{ traceId: 'x' }] }).name).toBe('span');
  });

  test('every kind of attribute value becomes a scalar', () => {
    expect(attribute({ boolValue: false })).toBe(false);
    expect(attribute({ doubleValue: 1.5 })).toBe(1.5);
    expect(attribute({ doubleValue: 'NaN' })).toBe('NaN');
    expect(attribute({ doubleValue: '-Infinity' })).toBe('-Infinity');
    expect(attribute({ bytesValue: 'AQID' })).toBe('AQID');
    expect(attribute({ arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }] } })).toBe('[1,"a"]');
    expect(attribute({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } })).toBe('{"k":true}');
    expect(attribute({})).toBe('');
  });

  test('half a surrogate pair becomes the replacement character, so that JSON stays readable in SQL', () => {
    expect(attribute({ stringValue: 'a\ud800' })).toBe('a\ufffd');
  });

  test('an attribute named __proto__ is an attribute', () => {
    const { attributes } = spanWith({ attributes: [{ key: '__proto__', value: { stringValue: 'x' } }] });
    expect(JSON.stringify(attributes)).toBe('{"__proto__":"x"}');
  });

  test('values nested without end are refused', () => {
    let value: unknown = { stringValue: 'deep' };
    for (let n = 0; n < 40; n += 1) value = { arrayValue: { values: [value] } };
    expect(() => attribute(value)).toThrow('nested deeper than 32');
  });

  test('a log record may name its severity, and tells its observed time without another', () => {
    expect(
      log({ timeUnixNano: '5', observedTimeUnixNano: '6', severityNumber: 'SEVERITY_NUMBER_WARN2' }),
    ).toMatchObject({ timeNs: 5n, severity: 14 });
    expect(log({ timeUnixNano: '0', observedTimeUnixNano: '6', body: { kvlistValue: { values: [] } } })).toMatchObject({
      timeNs: 6n,
      severity: 0,
      body: '{}',
    });
  });

  test('each kind of metric becomes numbers, or count and sum', () => {
    const point = { timeUnixNano: '5' };
    const metrics = [
      { name: 'gauge', gauge: { dataPoints: [{ ...point, asDouble: 1.5 }] } },
      { name: 'sum', sum: { dataPoints: [{ ...point, asInt: '7' }] } },
      { name: 'histogram', histogram: { dataPoints: [{ ...point, count: '3', sum: 2.5 }] } },
      { name: 'exponential', exponentialHistogram: { dataPoints: [{ ...point, count: 4 }] } },
      { name: 'summary', summary: { dataPoints: [{ ...point, count: '5', sum: 1 }] } },
      { name: 'silent', gauge: { dataPoints: [{ ...point, flags: 1 }] } },
    ];
    const { records, rejected } = decodeJson('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    expect(rejected).toBe(0);
    expect(records.points.map(({ name, value, count, sum }) => [name, value, count, sum])).toEqual([
      ['gauge', 1.5, null, null],
      ['sum', 7, null, null],
      ['histogram', null, 3, 2.5],
      ['exponential', null, 4, null],
      ['summary', null, 5, 1],
    ]);
  });
});

describe('OTLP in Protobuf', () => {
  test('is read byte by byte as the specification numbers its fields', () => {
    // resource_spans(1) { resource(1) { attributes(1) { key(1) "service.name" value(2) { string(1) "cart" } } } scope_spans(2) { spans(2) { … } } }
    const bytesSpan = Buffer.concat([
      field(1, Buffer.alloc(16, 0xa1)),
      field(2, Buffer.alloc(8, 0xb2)),
      field(4, Buffer.alloc(8, 0)),
      text(5, 'GET /'),
      Buffer.from([(6 << 3) | 0, 2]),
      fixed64(7, 1_767_600_000_123_456_789n),
      fixed64(8, 1_767_600_000_123_456_799n),
      field(9, Buffer.concat([text(1, 'n'), field(2, Buffer.from([(3 << 3) | 0, 42]))])),
      field(9, Buffer.concat([text(1, 'raw'), field(2, field(7, Buffer.from([1, 2, 3])))])),
      field(15, Buffer.from([(3 << 3) | 0, 2])),
    ]);
    const resource = field(1, field(1, Buffer.concat([text(1, 'service.name'), field(2, text(1, 'cart'))])));
    const request = field(1, Buffer.concat([resource, field(2, field(2, bytesSpan))]));
    const { records, rejected } = decode('traces', 'protobuf', request);
    expect(rejected).toBe(0);
    expect(spanRecords(records.spans)).toMatchObject([
      {
        traceId: 'a1'.repeat(16),
        spanId: 'b2'.repeat(8),
        parentSpanId: null,
        source: { service: 'cart' },
        name: 'GET /',
        kind: 2,
        startNs: 1_767_600_000_123_456_789n,
        durationNs: 10n,
        attributes: { n: 42, raw: 'AQID' },
        status: 2,
      },
    ]);
  });
});

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}
