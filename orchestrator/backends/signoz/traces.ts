import { z } from 'zod';
import type { Span, Trace, TraceFilter, Window } from '../backend.ts';
import { traceLimit, tracesOfSpans } from '../computed/index.ts';
import { nonsense, type SignozApi } from './api.ts';
import { type Asked, maxRows, rowPages, type RawQuestion, type RawRow, tooMuch } from './ask.ts';
import { all, ofError, ofRoute, ofService, quoted, sayable } from './filter.ts';
import { rowSpan, waterfallSpan } from './spans.ts';

/** How many traces are fetched at the same time. */
const atOnce = 6;

export async function traces(asked: Asked, window: Window, filter: TraceFilter): Promise<readonly Trace[]> {
  const ids = await matching(asked, window, filter);
  const found: Trace[] = [];
  for (let at = 0; at < ids.length; at += atOnce) {
    const some = ids.slice(at, at + atOnce);
    for (const [index, whole] of (await Promise.all(some.map((id) => trace(asked, id)))).entries()) {
      if (!whole)
        throw nonsense(asked.api.name, '/api/v4/traces', { what: `no trace ${some[index]}, of which it has spans` });
      found.push(whole);
    }
  }
  return found;
}

/** Trace ids with a span that matches, newest first. */
async function matching(asked: Asked, window: Window, filter: TraceFilter): Promise<readonly string[]> {
  const limit = traceLimit(filter.limit);
  const newest = new Map<string, number>();
  if (limit === 0) return [];
  const expression = await expressionOf(asked, filter);
  if (expression === undefined) return [];
  const firstRows = Math.min(maxRows, Math.max(100, limit * 4));
  const question = { signal: 'traces', filter: expression, direction: 'desc', firstRows } as const;
  const matches = hasAttributes(filter.attributes ?? {});
  for await (const page of spanPages(asked, window, question)) {
    for (const span of page) {
      if (matches(span) && !newest.has(span.traceId)) newest.set(span.traceId, span.startMs);
    }
    if (newest.size >= limit) break;
  }
  return [...newest]
    .toSorted(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1))
    .slice(0, limit)
    .map(([id]) => id);
}

/** Undefined where no span can match: SigNoz has never seen one of the attributes. */
async function expressionOf({ api }: Asked, filter: TraceFilter): Promise<string | undefined> {
  const { service, route, error, minDurationMs, attributes = {} } = filter;
  const conditions: string[] = [];
  for (const [name, value] of Object.entries(attributes).filter(([asked]) => sayable(asked))) {
    const contexts = await contextsOf(api, name);
    if (contexts.length === 0) return undefined;
    conditions.push(`(${contexts.map((context) => `${context}.${name} = ${quoted(value)}`).join(' OR ')})`);
  }
  return all(
    // Some condition has to be there, and every span has a trace.
    "trace_id != ''",
    ofService(service),
    ofRoute(route),
    ofError(error),
    minDurationMs === undefined ? undefined : `duration_nano >= ${Math.ceil(minDurationMs * 1e6)}`,
    ...conditions,
  );
}

const keysSchema = z.object({
  keys: z.record(z.string(), z.array(z.object({ fieldContext: z.string() }))).nullable(),
  complete: z.boolean().nullish(),
});

/** Where spans have this attribute. A name without its context would mean the resource’s alone where both have it, and is refused where none has. */
async function contextsOf(api: SignozApi, name: string): Promise<readonly string[]> {
  const query = { signal: 'traces', searchText: name, limit: 1000 };
  const { keys, complete } = await api.data('/api/v1/fields/keys', keysSchema, { query });
  const known = new Set((keys?.[name] ?? []).map(({ fieldContext }) => fieldContext));
  if (known.size === 0 && complete === false) throw tooMuch(api.name, `more names than it lists like ${name}`);
  return ['attribute', 'resource'].filter((context) => known.has(context));
}

/** A span's own attribute wins over one of its resource; what the grammar cannot name is looked at here alone. */
function hasAttributes(asked: Readonly<Record<string, string>>): (span: Span) => boolean {
  return ({ attributes, resource }) =>
    Object.entries(asked).every(([name, value]) => {
      const holder = Object.hasOwn(attributes, name) ? attributes : resource;
      return Object.hasOwn(holder, name) && String(holder[name]) === value;
    });
}

export async function* spanPages(
  asked: Asked,
  window: Window,
  question: RawQuestion & { readonly firstRows: number },
): AsyncGenerator<readonly Span[]> {
  for await (const page of rowPages(asked, window, question)) yield page.map((row) => spanOfRow(asked.api.name, row));
}

function spanOfRow(name: string, row: RawRow): Span {
  const read = rowSpan.safeParse(row);
  if (read.success) return read.data;
  throw nonsense(name, '/api/v5/query_range', { what: z.prettifyError(read.error), cause: read.error });
}

/** What it draws for a span that it has not got, but whose children it has. */
const missingSpan = z
  .object({ name: z.literal('Missing Span'), resource: z.strictObject({}) })
  .transform(() => undefined);
const waterfall = z.object({
  spans: z.array(z.union([missingSpan, waterfallSpan])),
  hasMore: z.boolean(),
});

/** The whole trace with this id; undefined where SigNoz has no span of it. */
export async function trace({ api }: Pick<Asked, 'api'>, asked: string): Promise<Trace | undefined> {
  const id = asked.toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
  const answer = await api.dataOrError(`/api/v4/traces/${id}/waterfall`, waterfall, {
    body: { selectedSpanId: '', uncollapsedSpans: [] },
    accept: [404],
  });
  if ('error' in answer) {
    if (answer.error.message.includes('trace not found')) return undefined;
    throw nonsense(api.name, '/api/v4/traces', { what: answer.error.message });
  }
  // It gives a window of 500 spans of a trace with more than 10 000.
  if (answer.data.hasMore) throw tooMuch(api.name, `more than 10000 spans of trace ${id}`);
  const spans = answer.data.spans.filter((span) => span !== undefined);
  return tracesOfSpans(spans)[0];
}
