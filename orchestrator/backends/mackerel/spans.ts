import type { Attributes, Span, Trace } from '../backend.ts';
import { tracesOfSpans } from '../computed/index.ts';
import type { AnyValue, KeyValues, MackerelSpan, TraceAnswer } from './answers.ts';

/** A trace as every backend's is; undefined where it has no spans. */
export function traceOf({ spans }: TraceAnswer): Trace | undefined {
  return tracesOfSpans(spans.map(spanOf))[0];
}

function spanOf({ parentSpanId, status, events, ...span }: MackerelSpan): Span {
  const resource = attributesOf(span.resource.attributes);
  const version = resource['service.version'];
  const startMs = msOf(span.startTime);
  return {
    traceId: span.traceId.toLowerCase(),
    spanId: span.spanId.toLowerCase(),
    ...(parentSpanId !== undefined && parentSpanId !== '' && { parentSpanId: parentSpanId.toLowerCase() }),
    service: String(resource['service.name'] ?? 'unknown_service'),
    ...(version !== undefined && { version: String(version) }),
    name: span.name,
    kind: span.kind,
    startMs,
    durationMs: Math.max(0, msOf(span.endTime) - startMs),
    status: status.code,
    ...(status.message !== undefined && status.message !== '' && { statusMessage: status.message }),
    attributes: attributesOf(span.attributes),
    resource,
    events: events.map(({ name, time, attributes }) => ({
      name,
      timeMs: msOf(time),
      attributes: attributesOf(attributes),
    })),
  };
}

/** Documented with milliseconds; should there be more digits, they are kept. */
function msOf(time: string): number {
  const [, seconds = '', digits = '', zone = ''] = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const fraction = digits.padEnd(4, '0');
  return Date.parse(`${seconds}${zone}`) + Number(`${fraction.slice(0, 3)}.${fraction.slice(3)}`);
}

function attributesOf(keyValues: KeyValues): Attributes {
  return Object.fromEntries(
    keyValues.flatMap(({ key, value }) => {
      const plain = plainOf(value);
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}

/** What is neither text, number nor truth value becomes JSON text, as in the tap. */
function plainOf(value: AnyValue): string | number | boolean | undefined {
  const json = jsonOf(value);
  if (json === null) return undefined;
  return typeof json === 'object' ? JSON.stringify(json) : json;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

function jsonOf(value: AnyValue): Json {
  switch (value.valueType) {
    case 'string':
      return value.stringValue;
    case 'bool':
      return value.boolValue;
    case 'int':
      return Number(value.intValue);
    case 'double':
      return value.doubleValue;
    case 'array':
      return value.arrayValue.map(jsonOf);
    case 'kvlist':
      return Object.fromEntries(Object.entries(value.kvlistValue).map(([key, item]) => [key, jsonOf(item)]));
    case 'bytes':
      return value.bytesValue;
    case 'empty':
    default:
      return null;
  }
}
