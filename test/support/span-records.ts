import { at, rowWords, type SpanRows } from '../../orchestrator/telemetry/span-rows.ts';

/** A row as the store writes it: every column by name, attributes and the like as values. */
export type SpanFields = Readonly<Record<string, unknown>>;

/** Reads rows back, for tests to compare. */
export function spanRecords(rows: SpanRows): readonly SpanFields[] {
  return Array.from({ length: rows.length }, (_, row) => fieldsOf(rows, row * rowWords));
}

function fieldsOf(rows: SpanRows, base: number): SpanFields {
  const word = (column: number): number => rows.words[base + column] ?? Number.NaN;
  const int64 = (column: number): bigint => (BigInt(word(column + 1)) << 32n) | BigInt(word(column));
  const text = (column: number): string | null => rows.textAt(base + column);
  return {
    traceId: text(at.traceId),
    spanId: text(at.spanId),
    parentSpanId: text(at.parentId),
    source: { service: text(at.service), version: text(at.version), json: text(at.resource) },
    name: text(at.name),
    kind: word(at.kind),
    startNs: int64(at.startNs),
    durationNs: int64(at.durationNs),
    status: word(at.status),
    statusMessage: text(at.statusMessage),
    method: text(at.method),
    route: text(at.route),
    httpStatus: word(at.httpStatus + 1) === 0 ? null : word(at.httpStatus) | 0,
    query: text(at.query),
    db: text(at.db),
    peer: text(at.peer),
    // As text, since the order of the keys counts too.
    attributesText: text(at.attributes),
    attributes: JSON.parse(text(at.attributes) ?? 'null'),
    events: JSON.parse(text(at.events) ?? '[]'),
  };
}
