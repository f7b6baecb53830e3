import { describe, expect, test } from 'vitest';
import { readRequest, writeRequest } from '../../../../orchestrator/telemetry/forward/transcode.ts';
import type { Signal } from '../../../../orchestrator/telemetry/otlp/decode.ts';
import { richLogs, richMetrics, richTraces } from '../../../support/rich-otlp.ts';

const json = (request: unknown): Buffer => Buffer.from(JSON.stringify(request));

const rich: readonly (readonly [Signal, unknown])[] = [
  ['traces', richTraces],
  ['logs', richLogs],
  ['metrics', richMetrics],
];

/** JSON → Protobuf → JSON. */
function roundTrip(signal: Signal, request: unknown): unknown {
  const protobuf = writeRequest(signal, 'protobuf', readRequest(signal, 'json', json(request)));
  return JSON.parse(writeRequest(signal, 'json', readRequest(signal, 'protobuf', protobuf)).toString('utf8'));
}

describe.each(rich)('%s', (signal, request) => {
  test('lose nothing on the way from JSON to Protobuf and back', () => {
    expect(roundTrip(signal, request)).toEqual(request);
  });
});

const spans = (span: object): object => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });

test('enums may be names, integers numbers, ids upper case, absent fields null, and unknown fields are left out', () => {
  const written = {
    traceId: 'AB'.repeat(16),
    kind: 'SPAN_KIND_SERVER',
    startTimeUnixNano: 5,
    parentSpanId: null,
    status: { code: 'STATUS_CODE_ERROR' },
    newer: { than: 'we' },
  };
  expect(roundTrip('traces', spans(written))).toEqual(
    spans({ traceId: 'ab'.repeat(16), kind: 2, startTimeUnixNano: '5', status: { code: 2 } }),
  );
});

test('a number of an enum that is newer than we are stays', () => {
  expect(roundTrip('traces', spans({ kind: 9 }))).toEqual(spans({ kind: 9 }));
});

const logs = (severityNumber: unknown) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber }] }] }] });

test('a severity has the number that its name means', () => {
  expect(roundTrip('logs', logs('SEVERITY_NUMBER_WARN3'))).toEqual(logs(15));
  expect(roundTrip('logs', logs('SEVERITY_NUMBER_FATAL4'))).toEqual(logs(24));
});

test('what is no request throws', () => {
  expect(() => readRequest('traces', 'json', Buffer.from('5'))).toThrow('not an object');
  expect(() => readRequest('traces', 'json', Buffer.from('{'))).toThrow();
  expect(() => readRequest('traces', 'json', json({ resourceSpans: 'x' }))).toThrow();
  expect(() => readRequest('traces', 'protobuf', Buffer.from([0x0a, 0xff]))).toThrow();
});
