import { messageOf } from '../../../errors.ts';
import { bool, duration, Refused, stringMap, time, traceIdOf, wholeNumber } from './jaeger-values.ts';

/** Traces with a span that matches all of it. Nanoseconds; both ends of both ranges are in them. */
export interface Search {
  readonly service: string | undefined;
  readonly operation: string | undefined;
  readonly from: bigint;
  readonly to: bigint;
  readonly shortest: bigint | undefined;
  readonly longest: bigint | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly limit: number;
  /** As they were sent, and not with attributes sorted by name. */
  readonly raw: boolean;
}

/** What Jaeger's all-in-one holds; its memory refuses to be searched for more. */
const maxTraces = 100_000;
const defaultLimit = 100;
const lookbackNs = 48n * 3_600_000_000_000n;
const dependenciesLookbackMs = 24n * 3_600_000n;

/** An empty parameter counts as absent, as with Go's FormValue. */
const given = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

function read<T>(text: string, what: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new Refused(400, `${what}${messageOf(error)}`);
  }
}

function legacy<T>(query: URLSearchParams, name: string, parse: (text: string) => T): T | undefined {
  const text = given(query, name);
  return text === undefined ? undefined : read(text, `unable to parse param '${name}': `, parse);
}

/** Nanoseconds from microseconds. */
const micros = (text: string): bigint => wholeNumber(text) * 1000n;

/** Of GET /api/traces without `traceID`; `nowMs` is the end of a search that names none. */
export function legacySearch(query: URLSearchParams, nowMs: number): Search {
  const now = BigInt(Math.floor(nowMs)) * 1_000_000n;
  const from = legacy(query, 'start', micros) ?? now - lookbackNs;
  const to = legacy(query, 'end', micros) ?? now;
  const attributes = legacyTags(query);
  const limit = read(given(query, 'limit') ?? `${defaultLimit}`, '', (text) => Number(wholeNumber(text)));
  const shortest = legacy(query, 'minDuration', duration);
  const longest = legacy(query, 'maxDuration', duration);
  const raw = legacy(query, 'raw', bool) ?? false;
  const service = requiredService(query);
  if (shortest && longest && longest < shortest) {
    throw new Refused(400, "'maxDuration' should be greater than 'minDuration'");
  }
  const operation = given(query, 'operation');
  return { service, operation, from, to, shortest, longest, attributes, limit: depth(limit), raw };
}

export function requiredService(query: URLSearchParams): string {
  const service = given(query, 'service');
  if (service === undefined) throw new Refused(400, "parameter 'service' is required");
  return service;
}

/** `tag=key:value` and `tags={"key":"value"}`, each any number of times. */
function legacyTags(query: URLSearchParams): Readonly<Record<string, string>> {
  const single = query.getAll('tag').map((tag): [string, string] => {
    const colon = tag.indexOf(':');
    if (colon < 0) throw new Refused(400, `malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    return [tag.slice(0, colon), tag.slice(colon + 1)];
  });
  const maps = query
    .getAll('tags')
    .map((tags) => read(tags, "malformed 'tags' parameter, cannot unmarshal JSON: ", stringMap));
  return Object.assign(Object.fromEntries(single), ...maps);
}

/** `traceID`, any number of times. */
export function legacyTraceIds(query: URLSearchParams): readonly string[] {
  return query.getAll('traceID').map((id) => read(id, 'cannot parse traceID param: ', traceIdOf));
}

/** The id of GET /api/traces/<id>, and whether it is wanted as it was sent. Its times are a hint that this store does not need. */
export function legacyTraceQuery(id: string, query: URLSearchParams): { readonly id: string; readonly raw: boolean } {
  const asked = read(id, '', traceIdOf);
  for (const name of ['start', 'end']) legacy(query, name, wholeNumber);
  return { id: asked, raw: legacy(query, 'raw', bool) ?? false };
}

/** Of GET /api/dependencies. Nanoseconds; both ends are outside. */
export function dependenciesWindow(
  query: URLSearchParams,
  nowMs: number,
): { readonly from: bigint; readonly to: bigint } {
  const to = legacy(query, 'endTs', wholeNumber) ?? BigInt(Math.floor(nowMs));
  const lookback = legacy(query, 'lookback', wholeNumber) ?? dependenciesLookbackMs;
  if (lookback < 0n) throw new Refused(500, 'end time must be greater than start time');
  return { from: (to - lookback) * 1_000_000n, to: to * 1_000_000n };
}

/** A parameter of v3 by its name since 2.19, or by the one before. */
function v3<T>(query: URLSearchParams, name: string, parse: (text: string) => T): T | undefined {
  const known = [name, snakeCase(name), ...(name === 'query.searchDepth' ? ['query.num_traces'] : [])];
  const asked = known.find((each) => given(query, each) !== undefined);
  return asked === undefined ? undefined : read(query.get(asked) ?? '', `malformed parameter ${asked}: `, parse);
}

const asIs = (text: string): string => text;

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Of GET /api/v3/traces and /api/v3/trace-summaries. */
export function v3Search(query: URLSearchParams): Search {
  const from = v3(query, 'query.startTimeMin', time);
  const to = v3(query, 'query.startTimeMax', time);
  if (from === undefined || to === undefined) {
    const names = ['query.startTimeMin', 'query.startTimeMax'];
    const asked = [...query.keys()].some((name) => name.includes('_')) ? names.map(snakeCase) : names;
    throw new Refused(400, `${asked.join(' and ')} are required`);
  }
  const limit = v3(query, 'query.searchDepth', (text) => Number(wholeNumber(text, 'Atoi'))) ?? defaultLimit;
  return {
    service: v3(query, 'query.serviceName', asIs),
    operation: v3(query, 'query.operationName', asIs),
    from,
    to,
    shortest: v3(query, 'query.durationMin', duration),
    longest: v3(query, 'query.durationMax', duration),
    attributes: v3(query, 'query.attributes', stringMap) ?? {},
    limit: depth(limit),
    raw: v3(query, 'query.rawTraces', bool) ?? false,
  };
}

/** As `legacyTraceQuery`, of GET /api/v3/traces/<id>. */
export function v3TraceQuery(id: string, query: URLSearchParams): { readonly id: string; readonly raw: boolean } {
  const asked = read(id, 'malformed parameter trace_id: ', traceIdOf);
  for (const name of ['startTime', 'endTime']) v3(query, name, time);
  return { id: asked, raw: v3(query, 'rawTraces', bool) ?? false };
}

/** `spanKind` of GET /api/v3/operations and of GET /api/operations. */
export function spanKindOf(query: URLSearchParams): string | undefined {
  return v3(query, 'spanKind', asIs);
}

function depth(limit: number): number {
  if (limit > 0 && limit <= maxTraces) return limit;
  throw new Refused(500, 'search depth must be greater than 0 and less than max traces');
}
