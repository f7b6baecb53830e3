import { describe, expect, test } from 'vitest';
import type { Destination } from '../../../../orchestrator/telemetry/forward/destination.ts';
import { joined, partsOf } from '../../../../orchestrator/telemetry/forward/parts.ts';
import { readRequest, writeRequest } from '../../../../orchestrator/telemetry/forward/transcode.ts';
import type { Encoding, Signal } from '../../../../orchestrator/telemetry/otlp/decode.ts';
import { Ids, tracesRequest } from '../../../support/otlp-data.ts';
import { richLogs, richMetrics, richTraces } from '../../../support/rich-otlp.ts';

const ids = new Ids();
const encodings: readonly Encoding[] = ['json', 'protobuf'];

function encoded(signal: Signal, encoding: Encoding, request: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(request, undefined, 2));
  return encoding === 'json' ? text : writeRequest(signal, encoding, readRequest(signal, 'json', text));
}

/** The resources of a request as OTLP/JSON has them. */
function resourcesIn(signal: Signal, encoding: Encoding, bytes: Buffer): readonly unknown[] {
  const text = writeRequest(signal, 'json', readRequest(signal, encoding, bytes)).toString('utf8');
  return Object.values(JSON.parse(text) as Record<string, unknown[]>).flat();
}

function spansIn(encoding: Encoding, bytes: Buffer): readonly unknown[] {
  const resources = resourcesIn('traces', encoding, bytes) as { scopeSpans: { spans: unknown[] }[] }[];
  return resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

const span = (padding = 0) => ({
  service: 'cart',
  traceId: ids.trace(),
  spanId: ids.span(),
  startMs: 1_767_600_000_000,
  durationMs: 5,
  attributes: { padding: 'x'.repeat(padding) },
});

/** One resource with one scope, as a real exporter sends. */
function oneScope(count: number, padding: number): object {
  const spans = (
    tracesRequest(Array.from({ length: count }, () => span(padding))) as {
      resourceSpans: { resource: object; scopeSpans: { spans: object[] }[] }[];
    }
  ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] };
  return { resourceSpans: [{ resource, schemaUrl: 's', scopeSpans: [{ scope: { name: 'lib' }, spans }] }] };
}

const to = (encoding: Encoding, maxRequestBytes = 6_000_000): Destination => ({
  urls: {},
  headers: {},
  encoding,
  gzip: false,
  maxRequestBytes,
});

describe.each(encodings.flatMap((from) => encodings.map((wanted) => [from, wanted] as const)))(
  '%s to %s',
  (from, wanted) => {
    test.each<readonly [Signal, unknown, number]>([
      ['traces', richTraces, 1],
      ['logs', richLogs, 1],
      ['metrics', richMetrics, 5],
    ])('%s that are joined have the records of each, in order', (signal, request, records) => {
      const body = encoded(signal, from, request);
      const { parts, tooLarge } = partsOf({ signal, encoding: from, body, records, at: 5 }, to(wanted));
      expect({ parts, tooLarge }).toMatchObject({ parts: [{ records, at: 5 }], tooLarge: 0 });
      const [part] = parts;
      if (!part) throw new Error('no part');
      const once = resourcesIn(signal, from, body);
      expect(once).toHaveLength(1);
      expect(resourcesIn(signal, wanted, joined(signal, wanted, [part, part, part]))).toEqual([
        ...once,
        ...once,
        ...once,
      ]);
    });

    test('a request beyond the limit is split down to its spans', () => {
      const request = oneScope(10, 1000);
      const body = encoded('traces', from, request);
      const { parts, tooLarge } = partsOf(
        { signal: 'traces', encoding: from, body, records: 10, at: 1 },
        to(wanted, 4000),
      );
      expect(tooLarge).toBe(0);
      expect(parts.length).toBeGreaterThan(2);
      for (const { bytes } of parts) expect(bytes.length).toBeLessThanOrEqual(4000);
      for (const { bytes, records } of parts) expect(spansIn(wanted, bytes)).toHaveLength(records);
      expect(parts.flatMap(({ bytes }) => spansIn(wanted, bytes))).toEqual(spansIn(from, body));
      for (const { bytes } of parts) expect(resourcesIn('traces', wanted, bytes)).toMatchObject([{ schemaUrl: 's' }]);
    });

    test('a span that is larger than the limit is left out, its neighbours are not', () => {
      const request = tracesRequest([span(), span(5000), span()]);
      const body = encoded('traces', from, request);
      const { parts, tooLarge } = partsOf(
        { signal: 'traces', encoding: from, body, records: 3, at: 1 },
        to(wanted, 1000),
      );
      expect(tooLarge).toBe(1);
      expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(2);
    });
  },
);

test('what the tap refused of a request makes no record more or less', () => {
  const body = encoded('traces', 'protobuf', oneScope(10, 1000));
  const { parts } = partsOf({ signal: 'traces', encoding: 'protobuf', body, records: 8, at: 1 }, to('protobuf', 4000));
  expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(8);
});

test('a request in the wanted encoding is passed on as it is', () => {
  const body = encoded('traces', 'protobuf', richTraces);
  expect(
    partsOf({ signal: 'traces', encoding: 'protobuf', body, records: 1, at: 1 }, to('protobuf')).parts[0]?.bytes,
  ).toBe(body);
});

test('what cannot be written in the other encoding throws', () => {
  const body = Buffer.from(JSON.stringify({ resourceSpans: [5] }));
  expect(() => partsOf({ signal: 'traces', encoding: 'json', body, records: 1, at: 1 }, to('protobuf'))).toThrow();
});
