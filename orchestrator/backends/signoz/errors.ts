import { z } from 'zod';
import type { ErrorGroup, Span, Window } from '../backend.ts';
import { errorOrder } from '../order.ts';
import { type Asked, rangeOf, tooMuch } from './ask.ts';
import { all, ofService } from './filter.ts';
import { timeSchema } from './spans.ts';
import { spanPages } from './traces.ts';

const maxGroups = 1000;
/** The newest failed spans, in which the traces of a group are looked for. */
const searchedSpans = 1000;
const traceIdsShown = 5;

const groupSchema = z.object({
  exceptionType: z.string(),
  exceptionMessage: z.string(),
  exceptionCount: z.int(),
  lastSeen: timeSchema,
  serviceName: z.string(),
  groupID: z.string(),
});
type Group = z.infer<typeof groupSchema>;

/** SigNoz's own groups of exceptions; their traces are those of its failed spans, else that of the newest exception. */
export async function errors(
  asked: Asked,
  window: Window,
  { service }: { readonly service?: string },
): Promise<readonly ErrorGroup[]> {
  const groups = (await groupsOf(asked, window, service)).filter(
    ({ serviceName }) => service === undefined || serviceName === service,
  );
  if (groups.length === 0) return [];
  const known = await failedTraces(asked, window, service);
  const found: ErrorGroup[] = [];
  for (const group of groups) {
    const { serviceName, exceptionType: type, exceptionMessage: message, exceptionCount: count } = group;
    const ids = known.get(nameOf(serviceName, type, message)) ?? new Set([await newestTrace(asked, group)]);
    found.push({ service: serviceName, type, message, count, traceIds: [...ids].slice(0, traceIdsShown) });
  }
  return found.toSorted(errorOrder);
}

async function groupsOf({ api, environment }: Asked, window: Window, service = ''): Promise<readonly Group[]> {
  const range = rangeOf(window);
  if (range === undefined) return [];
  const groups = await api.bare('/api/v1/listErrors', z.array(groupSchema).nullable(), {
    body: {
      start: nanos(range.start),
      // Both ends are included here.
      end: String(BigInt(range.end) * 1_000_000n - 1n),
      limit: maxGroups,
      offset: 0,
      orderParam: 'exceptionCount',
      order: 'descending',
      serviceName: service,
      exceptionType: '',
      tags: environment === undefined ? [] : [environmentTag(environment)],
    },
  });
  if (groups !== null && groups.length >= maxGroups) throw tooMuch(api.name, `${maxGroups} groups of errors or more`);
  return groups ?? [];
}

function environmentTag(environment: string): unknown {
  return {
    Key: 'deployment.environment',
    Operator: 'in',
    StringValues: [environment],
    NumberValues: [],
    BoolValues: [],
    TagType: 'ResourceAttribute',
  };
}

/** Trace ids by group, newest first. */
async function failedTraces(
  asked: Asked,
  window: Window,
  service: string | undefined,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const filter = all('has_error = true', ofService(service));
  for await (const page of spanPages(asked, window, {
    signal: 'traces',
    filter,
    direction: 'desc',
    firstRows: searchedSpans,
  })) {
    for (const span of page) {
      for (const group of exceptionsOf(span)) {
        const ids = found.get(group) ?? new Set();
        found.set(group, ids.add(span.traceId));
      }
    }
    break;
  }
  return found;
}

function exceptionsOf({ service, events }: Span): readonly string[] {
  return events
    .filter(({ name }) => name === 'exception')
    .map(({ attributes }) =>
      nameOf(service, String(attributes['exception.type'] ?? ''), String(attributes['exception.message'] ?? '')),
    );
}

async function newestTrace({ api }: Asked, { groupID, lastSeen }: Group): Promise<string> {
  const query = { groupID, timestamp: nanosOfTime(lastSeen) };
  return (await api.bare('/api/v1/errorFromGroupID', z.object({ traceID: z.string() }), { query })).traceID;
}

function nameOf(...names: readonly [service: string, type: string, message: string]): string {
  return JSON.stringify(names);
}

function nanos(ms: number): string {
  return String(BigInt(ms) * 1_000_000n);
}

/** Epoch nanoseconds of an RFC 3339 time, whole: SigNoz looks for the exception of exactly that time. */
function nanosOfTime(time: string): string {
  const [, seconds, fraction = '', zone] = /^(.+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return String(BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9)));
}
