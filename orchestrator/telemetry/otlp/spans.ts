import { type ExceptionRecord, type SpanEvent, type SpanRecord, type Source, spanKinds, statuses } from '../records.ts';
import { attributesOf, enumOf, fieldsOf, idOf, listOf, MalformedError, nanosOf, textOf } from './values.ts';

const kindNames = spanKinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`);
const statusNames = statuses.map((status) => `STATUS_CODE_${status.toUpperCase()}`);

/** An OTLP span as a record; throws MalformedError. */
export function spanOf(value: unknown, source: Source): SpanRecord {
  const span = fieldsOf(value, 'span');
  const startNs = nanosOf(span['startTimeUnixNano'], 'startTimeUnixNano');
  const endNs = nanosOf(span['endTimeUnixNano'], 'endTimeUnixNano');
  if (startNs === 0n) throw new MalformedError('startTimeUnixNano is missing');
  if (endNs < startNs) throw new MalformedError('endTimeUnixNano is before startTimeUnixNano');
  const status = fieldsOf(span['status'], 'status');
  return {
    traceId: required(idOf(span['traceId'], 16, 'traceId'), 'traceId'),
    spanId: required(idOf(span['spanId'], 8, 'spanId'), 'spanId'),
    parentSpanId: idOf(span['parentSpanId'], 8, 'parentSpanId') ?? null,
    source,
    name: textOf(span['name'], 'name'),
    kind: enumOf(span['kind'], kindNames, 'kind'),
    startNs,
    durationNs: endNs - startNs,
    status: enumOf(status['code'], statusNames, 'status code'),
    statusMessage: textOf(status['message'], 'status message') || null,
    attributes: attributesOf(span['attributes'], 'attributes'),
    events: listOf(span['events'], 'events').map(eventOf),
  };
}

/** The exceptions among a span's events. */
export function exceptionsOf({
  traceId,
  source,
  startNs,
  events,
}: Pick<SpanRecord, 'traceId' | 'source' | 'startNs' | 'events'>): readonly ExceptionRecord[] {
  return events
    .filter((event) => event.name === 'exception')
    .map(({ attributes }) => ({
      traceId,
      service: source.service,
      type: String(attributes['exception.type'] ?? ''),
      message: String(attributes['exception.message'] ?? ''),
      startNs,
    }));
}

/** An event of a span; throws MalformedError. */
export function eventOf(value: unknown): SpanEvent {
  const event = fieldsOf(value, 'event');
  return {
    name: textOf(event['name'], 'event name'),
    timeNs: nanosOf(event['timeUnixNano'], 'event timeUnixNano'),
    attributes: attributesOf(event['attributes'], 'event attributes'),
  };
}

function required(id: string | undefined, what: string): string {
  if (id === undefined) throw new MalformedError(`${what} is missing or all zeros`);
  return id;
}
