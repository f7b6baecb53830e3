import { spanKinds } from '../../../telemetry/records.ts';
import type { SpanRow } from '../traces.ts';
import { type Pair, sorted, type SpanTexts, textsOf } from './jaeger-span.ts';

/** What Jaeger says beside its data, or in place of it. */
export interface LegacyError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

/** The envelope of every answer of the legacy API; Jaeger fills in `total` only where it lists names. */
export function envelope(data: unknown, { errors = null, total = 0 }: Partial<Envelope> = {}): string {
  return JSON.stringify({ data, ...rest({ errors, total }) });
}

interface Envelope {
  readonly errors: readonly LegacyError[] | null;
  readonly total: number;
}

const rest = ({ errors, total }: Envelope): object => ({ total, limit: 0, offset: 0, errors });

interface OpenTrace {
  readonly traceId: string;
  /** By the JSON text of their resource. */
  readonly processes: Map<string, { readonly id: string; readonly process: object }>;
}

/** The envelope of traces in the form that Jaeger's own pages read, in pieces; `pages` are spans trace by trace. */
export async function* legacyTraces(
  pages: AsyncIterable<readonly SpanRow[]>,
  { raw, errors = null }: { readonly raw: boolean; readonly errors?: readonly LegacyError[] | null },
): AsyncGenerator<string> {
  yield '{"data":[';
  let open: OpenTrace | undefined;
  for await (const rows of pages) {
    let text = '';
    for (const row of rows) {
      if (open?.traceId === row.trace_id) text += ',';
      else {
        text += `${open ? `${endOf(open)},` : ''}{"traceID":"${legacyId(row.trace_id)}","spans":[`;
        open = { traceId: row.trace_id, processes: new Map() };
      }
      text += JSON.stringify(legacySpan(row, open, raw));
    }
    yield text;
  }
  yield `${open ? endOf(open) : ''}],${JSON.stringify(rest({ errors, total: 0 })).slice(1)}`;
}

function endOf({ processes }: OpenTrace): string {
  const byId = Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process]));
  return `],"processes":${JSON.stringify(byId)},"warnings":null}`;
}

/** Of an id whose first half is zeros, the legacy API gives the second half only. */
export function legacyId(traceId: string): string {
  return traceId.replace(/^0{16}/, '');
}

function legacySpan(row: SpanRow, { processes }: OpenTrace, raw: boolean): object {
  const texts = textsOf(row, raw);
  const traceID = legacyId(row.trace_id);
  const known = processes.get(row.resource) ?? { id: `p${processes.size + 1}`, process: processOf(row, texts) };
  processes.set(row.resource, known);
  const tags = [...texts.attributes, ...tagsOf(row)];
  return {
    traceID,
    spanID: row.span_id,
    operationName: row.name,
    references: row.parent_id === null ? [] : [{ refType: 'CHILD_OF', traceID, spanID: row.parent_id }],
    startTime: Number(row.start_ns / 1000n),
    duration: Number(row.duration_ns / 1000n),
    tags: (raw ? tags : sorted(tags)).map(keyValue),
    logs: texts.events.map(({ name, timeMicros, attributes }) => ({
      timestamp: timeMicros,
      fields: fieldsOf(name, attributes).map(keyValue),
    })),
    processID: known.id,
    warnings: null,
  };
}

function processOf({ service }: SpanRow, { resource }: SpanTexts): object {
  return { serviceName: service, tags: resource.filter(([key]) => key !== 'service.name').map(keyValue) };
}

/** What OpenTelemetry has fields for, Jaeger's older model has tags for: https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/ */
function tagsOf({ kind, status, status_message: message }: SpanRow): readonly Pair[] {
  const tags: Pair[] = [];
  if (kind !== 0) tags.push(['span.kind', spanKinds[kind] ?? '']);
  if (status !== 0) tags.push(['otel.status_code', status === 2 ? 'ERROR' : 'OK']);
  if (status === 2) tags.push(['error', true]);
  if (message !== null) tags.push(['otel.status_description', message]);
  return tags;
}

/** The name of an event is the field `event`, unless it has an attribute of that name; it comes first either way. */
function fieldsOf(name: string, attributes: readonly Pair[]): readonly Pair[] {
  const own = attributes.find(([key]) => key === 'event');
  if (own) return [own, ...attributes.filter((pair) => pair !== own)];
  return name === '' ? attributes : [['event', name], ...attributes];
}

function keyValue([key, value]: Pair): object {
  return { key, type: typeOf(value), value };
}

function typeOf(value: string | number | boolean): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}
