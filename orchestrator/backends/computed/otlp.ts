import { spanKinds, statuses } from '../../telemetry/records.ts';
import { spanOf } from '../../telemetry/otlp/spans.ts';
import { attributesOf, fieldsOf, listOf } from '../../telemetry/otlp/values.ts';
import { msOf } from '../../telemetry/bounds.ts';
import type { Attributes, Span } from '../backend.ts';

/** OTLP's `KeyValue` list as the port's attributes; lists and maps become JSON text. Throws MalformedError. */
export function attributesOfOtlp(keyValues: unknown): Attributes {
  return attributesOf(keyValues, 'attributes');
}

/**
 * One OTLP/JSON span: ids in hex or base64, enums by number or name, absent fields zero. Its resource, as `attributesOfOtlp` gives
 * it, names the service. Throws MalformedError where something is not what OTLP says.
 */
export function spanOfOtlp(value: unknown, resource: Attributes): Span {
  const { traceId, spanId, parentSpanId, ...fields } = fieldsOf(value, 'span');
  const service = String(resource['service.name'] ?? 'unknown_service');
  const version = resource['service.version'];
  const record = spanOf(
    { ...fields, traceId: hexOf(traceId, 16), spanId: hexOf(spanId, 8), parentSpanId: hexOf(parentSpanId, 8) },
    { service, version: version === undefined ? null : String(version), json: '' },
  );
  return {
    traceId: record.traceId,
    spanId: record.spanId,
    ...(record.parentSpanId !== null && { parentSpanId: record.parentSpanId }),
    service,
    ...(record.source.version !== null && { version: record.source.version }),
    name: record.name,
    kind: spanKinds[record.kind] ?? 'unspecified',
    startMs: msOf(record.startNs),
    durationMs: Number(record.durationNs) / 1e6,
    status: statuses[record.status] ?? 'unset',
    ...(record.statusMessage !== null && { statusMessage: record.statusMessage }),
    attributes: record.attributes,
    resource,
    events: record.events.map(({ name, timeNs, attributes }) => ({ name, timeMs: msOf(timeNs), attributes })),
  };
}

/** The spans of a list of OTLP/JSON `ResourceSpans`. Throws MalformedError. */
export function spansOfOtlp(resourceSpans: unknown): readonly Span[] {
  const resourceOf = sharedResources();
  return listOf(resourceSpans, 'resourceSpans').flatMap((entry) => {
    const group = fieldsOf(entry, 'an entry of resourceSpans');
    const resource = resourceOf(group['resource']);
    return listOf(group['scopeSpans'], 'scopeSpans').flatMap((scope) =>
      listOf(fieldsOf(scope, 'an entry of scopeSpans')['spans'], 'spans').map((span) => spanOfOtlp(span, resource)),
    );
  });
}

/** Backends repeat a resource for each trace, if not for each span; one object for all of them saves most of the memory. */
function sharedResources(): (resource: unknown) => Attributes {
  const known = new Map<string, Attributes>();
  return (resource) => {
    const { attributes } = fieldsOf(resource, 'resource');
    const key = JSON.stringify(attributes) ?? '';
    const shared = known.get(key) ?? attributesOfOtlp(attributes);
    known.set(key, shared);
    return shared;
  };
}

/** Bytes as base64 (protobuf's JSON) in hex; hex stays hex, and is told from base64 by its length. */
function hexOf(id: unknown, byteLength: number): unknown {
  const base64Length = Math.ceil(byteLength / 3) * 4;
  if (typeof id !== 'string' || id.length !== base64Length || !/^[\w+/-]+={0,2}$/.test(id)) return id;
  return Buffer.from(id, 'base64').toString('hex');
}
