import type { SpanRow } from '../traces.ts';
import { type Pair, type SpanTexts, textsOf } from './jaeger-span.ts';

/** Traces as OTLP/JSON, in pieces: integers for enums, decimal text for 64-bit numbers, hex for ids; what is empty is left out. */
export async function* v3Traces(pages: AsyncIterable<readonly SpanRow[]>, raw: boolean): AsyncGenerator<string> {
  yield '{"result":{"resourceSpans":[';
  let first = true;
  for await (const rows of pages) {
    const text = groupsOf(rows)
      .map((group) => JSON.stringify(resourceSpans(group, raw)))
      .join(',');
    yield first ? text : `,${text}`;
    first = false;
  }
  yield ']}}';
}

/** Spans that follow each other, are of one trace and have one resource. */
function groupsOf(rows: readonly SpanRow[]): readonly (readonly SpanRow[])[] {
  const groups: SpanRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    const [sibling] = last ?? [];
    if (last && sibling?.trace_id === row.trace_id && sibling.resource === row.resource) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function resourceSpans(rows: readonly SpanRow[], raw: boolean): object {
  const spans = rows.map((row) => ({ row, texts: textsOf(row, raw) }));
  return {
    resource: { attributes: (spans[0]?.texts.resource ?? []).map(keyValue) },
    // The store keeps no scope.
    scopeSpans: [{ scope: {}, spans: spans.map(({ row, texts }) => otlpSpan(row, texts)) }],
  };
}

function otlpSpan(row: SpanRow, { attributes, events }: SpanTexts): object {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    ...(row.parent_id !== null && { parentSpanId: row.parent_id }),
    ...(row.name !== '' && { name: row.name }),
    ...(row.kind !== 0 && { kind: row.kind }),
    startTimeUnixNano: String(row.start_ns),
    endTimeUnixNano: String(row.start_ns + row.duration_ns),
    ...(attributes.length > 0 && { attributes: attributes.map(keyValue) }),
    ...(events.length > 0 && {
      events: events.map((event) => ({
        timeUnixNano: `${event.timeMicros}000`,
        ...(event.name !== '' && { name: event.name }),
        ...(event.attributes.length > 0 && { attributes: event.attributes.map(keyValue) }),
      })),
    }),
    status: {
      ...(row.status_message !== null && { message: row.status_message }),
      ...(row.status !== 0 && { code: row.status }),
    },
  };
}

function keyValue([key, value]: Pair): object {
  return { key, value: anyValue(value) };
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
