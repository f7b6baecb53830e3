import { z } from 'zod';
import { spanKinds } from '../../telemetry/records.ts';
import type { Attributes, Span } from '../backend.ts';

const keyValue = z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) });
const hexId = z.string().regex(/^[0-9a-f]+$/i);

const legacySpan = z.object({
  traceID: hexId,
  spanID: hexId,
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), traceID: hexId, spanID: hexId })).nullish(),
  /** Microseconds since the epoch, and how many. */
  startTime: z.number(),
  duration: z.number(),
  tags: z.array(keyValue).nullish(),
  logs: z.array(z.object({ timestamp: z.number(), fields: z.array(keyValue) })).nullish(),
  processID: z.string(),
});

/** A trace as Jaeger's own pages read it. https://www.jaegertracing.io/docs/1.76/apis/#internal-http-json */
export const legacyTrace = z.object({
  spans: z.array(legacySpan),
  processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(keyValue).nullish() })),
});

/** What OTLP has a field for is a tag there. https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/ */
const fieldTags = new Set(['span.kind', 'otel.status_code', 'otel.status_description', 'internal.span.format']);

export function spansOfLegacy({ spans, processes }: z.output<typeof legacyTrace>): readonly Span[] {
  const resources = new Map(
    Object.entries(processes).map(([id, { serviceName, tags }]) => [
      id,
      { 'service.name': serviceName, ...attributesOf(tags ?? []) },
    ]),
  );
  return spans.map((span) => spanOf(span, resources.get(span.processID) ?? { 'service.name': 'unknown_service' }));
}

function spanOf(span: z.output<typeof legacySpan>, resource: Attributes): Span {
  const traceId = span.traceID.toLowerCase().padStart(32, '0');
  const tags = attributesOf(span.tags ?? []);
  const parent = span.references?.find(
    ({ refType, traceID }) => refType === 'CHILD_OF' && traceID.toLowerCase().padStart(32, '0') === traceId,
  );
  const version = resource['service.version'];
  const message = tags['otel.status_description'];
  return {
    traceId,
    spanId: spanId(span.spanID),
    ...(parent && { parentSpanId: spanId(parent.spanID) }),
    service: String(resource['service.name']),
    ...(version !== undefined && { version: String(version) }),
    name: span.operationName,
    kind: spanKinds.find((kind) => kind === tags['span.kind']) ?? 'unspecified',
    startMs: span.startTime / 1000,
    durationMs: span.duration / 1000,
    status: statusOf(tags),
    ...(message !== undefined && { statusMessage: String(message) }),
    attributes: Object.fromEntries(Object.entries(tags).filter(([key]) => !isField(key, tags))),
    resource,
    events: (span.logs ?? []).map(({ timestamp, fields }) => {
      const { event, ...attributes } = attributesOf(fields);
      return { name: String(event ?? ''), timeMs: timestamp / 1000, attributes };
    }),
  };
}

function statusOf(tags: Attributes): Span['status'] {
  const code = tags['otel.status_code'];
  if (code === 'ERROR' || tags['error'] === true || tags['error'] === 'true') return 'error';
  return code === 'OK' ? 'ok' : 'unset';
}

/** `error` is one only beside the status that it repeats. */
function isField(key: string, tags: Attributes): boolean {
  return (
    fieldTags.has(key) || key.startsWith('otel.scope.') || (key === 'error' && tags['otel.status_code'] === 'ERROR')
  );
}

function attributesOf(pairs: readonly z.output<typeof keyValue>[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

function spanId(id: string): string {
  return id.toLowerCase().padStart(16, '0');
}
