import { describe, expect, test } from 'vitest';
import { attributesOfOtlp, spanOfOtlp, spansOfOtlp } from '../../../../orchestrator/backends/computed/index.ts';
import { otlpSpan, tracesRequest } from '../../../support/otlp-data.ts';

const input = {
  service: 'checkout',
  version: '1.10.0',
  traceId: 'a1'.repeat(16),
  spanId: 'b2'.repeat(8),
  parentSpanId: 'c3'.repeat(8),
  name: 'POST /orders',
  kind: 'server',
  startMs: 1_700_000_000_000,
  durationMs: 12.5,
  failed: true,
  exception: { type: 'TypeError', message: 'no rate' },
  attributes: { 'http.response.status_code': 500, 'shop.order.first': true, 'shop.size': 0.5 },
} as const;
const resource = { 'service.name': 'checkout', 'service.version': '1.10.0' };

const span = {
  traceId: input.traceId,
  spanId: input.spanId,
  parentSpanId: input.parentSpanId,
  service: 'checkout',
  version: '1.10.0',
  name: 'POST /orders',
  kind: 'server',
  startMs: input.startMs,
  durationMs: 12.5,
  status: 'error',
  statusMessage: 'no rate',
  attributes: input.attributes,
  resource,
  events: [{ name: 'exception', timeMs: input.startMs, attributes: { 'exception.type': 'TypeError' } }],
};

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

describe('a span in OTLP/JSON is read', () => {
  test('with ids in hex and enums by number', () => {
    const { resourceSpans } = tracesRequest([input]) as { resourceSpans: unknown };
    expect(spansOfOtlp(resourceSpans)).toMatchObject([span]);
  });

  test('with ids in base64 and enums by name', () => {
    const told = {
      ...otlpSpan(input),
      traceId: base64(input.traceId),
      spanId: base64(input.spanId),
      parentSpanId: base64(input.parentSpanId),
      kind: 'SPAN_KIND_SERVER',
      status: { code: 'STATUS_CODE_ERROR', message: 'no rate' },
    };
    expect(spanOfOtlp(told, resource)).toMatchObject(span);
  });

  test('with as little as it must have', () => {
    const { traceId, spanId } = input;
    expect(spanOfOtlp({ traceId, spanId, startTimeUnixNano: '1500', endTimeUnixNano: 2500 }, {})).toEqual({
      traceId,
      spanId,
      service: 'unknown_service',
      name: '',
      kind: 'unspecified',
      startMs: 0.001,
      durationMs: 0.001,
      status: 'unset',
      attributes: {},
      resource: {},
      events: [],
    });
    expect(spansOfOtlp(undefined)).toEqual([]);
    expect(spansOfOtlp([{}])).toEqual([]);
  });

  test.each([
    ['no id', { spanId: '' }],
    ['an id of another length', { traceId: 'abc' }],
    ['no start', { startTimeUnixNano: undefined }],
    ['an end before its start', { endTimeUnixNano: '1' }],
    ['attributes that are none', { attributes: { a: 1 } }],
  ])('but not with %s', (_what, change) => {
    expect(() => spanOfOtlp({ ...otlpSpan(input), ...change }, resource)).toThrow();
  });
});

test('lists and maps among attributes are JSON', () => {
  const list = { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } };
  expect(attributesOfOtlp([{ key: 'list', value: list }])).toEqual({ list: '[1,"x"]' });
});
