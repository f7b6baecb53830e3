import type { KnownShop } from './known-shop.ts';

/** A call to Jaeger's query API, as its own pages, Grafana's data source or a person make it. */
export interface JaegerCall {
  readonly name: string;
  readonly path: string;
  /** Which traces are left out, where there are more than the limit, is not the same everywhere: only how many there are. */
  readonly count?: true;
}

export interface JaegerAnswer {
  readonly status: number;
  readonly body: unknown;
}

const tagsOf = (map: object): string => `tags=${encodeURIComponent(JSON.stringify(map))}`;

/** Every call that Jaeger 2.13 and the embedded backend must answer alike when both have the known shop. */
export function jaegerCalls({ window: { from, to }, failedOrders, orders }: KnownShop): readonly JaegerCall[] {
  const micros = `start=${from * 1000}&end=${to * 1000}`;
  const times = `query.start_time_min=${new Date(from).toISOString()}&query.start_time_max=${new Date(to).toISOString()}`;
  const [failed = ''] = failedOrders;
  const [, , refused = '', , messaged = ''] = orders;
  const nobody = failed.replaceAll('a', 'f');
  /** As the search page of Jaeger sends it: with everything, also what is empty. */
  const page = (more: string): string =>
    `/api/traces?end=${to * 1000}&limit=20&lookback=custom&maxDuration&minDuration&service=checkout&start=${from * 1000}${more}`;

  const calls: Readonly<Record<string, string>> = {
    'pages: services': '/api/services',
    'pages: operations': '/api/operations?service=checkout',
    'pages: operations of a kind': '/api/operations?service=checkout&spanKind=server',
    'pages: operations of nobody': '/api/operations?service=nobody',
    'pages: search by tags': page(`&${tagsOf({ 'shop.order.id': 'order-33', 'http.response.status_code': '500' })}`),
    'pages: search by an attribute of the resource': page(
      `&${tagsOf({ 'service.version': '1.10.0', 'shop.order.id': 'order-21' })}`,
    ),
    'pages: search by an attribute of an event': page(
      `&${tagsOf({ 'exception.type': 'TypeError', 'shop.order.code': 'code-25' })}`,
    ),
    'pages: search by operation': page(`&operation=INSERT`),
    'pages: search by two tags': page('&tag=shop.order.first:true&tag=shop.customer.country:DE'),
    'pages: search without a match': page(`&${tagsOf({ 'shop.order.id': 'order-0', 'shop.customer.country': 'DE' })}`),
    'pages: search by duration': `/api/traces?service=storefront&${micros}&minDuration=110.5ms&maxDuration=111ms`,
    'pages: search by ids': `/api/traces?traceID=${failed}&traceID=${nobody}`,
    'pages: trace': `/api/traces/${messaged}`,
    'pages: trace in capitals, as sent': `/api/traces/${failed.toUpperCase()}?raw=true`,
    'pages: no such trace': `/api/traces/${nobody}`,
    'pages: dependencies': `/api/dependencies?endTs=${to}&lookback=${to - from}`,
    'pages: dependencies of a service': `/api/dependencies?endTs=${to}&lookback=${to - from}&service=payment`,
    'pages: dependencies of today': '/api/dependencies',
    'Grafana: health': '/api/services',
    'Grafana: operations': '/api/services/checkout/operations',
    'Grafana: operations of nobody': '/api/services/no%20body/operations',
    'Grafana: search': `/api/traces?limit=20&service=storefront&${micros}&minDuration=11ms&maxDuration=11ms&operation=GET+%2Fapi%2Fproducts`,
    'Grafana: search of the last two days': '/api/traces?limit=20&service=checkout',
    'Grafana: trace': `/api/traces/${refused}?${micros}`,
    'Grafana: v3 services': '/api/v3/services',
    'Grafana: v3 operations': '/api/v3/operations?service=payment',
    'Grafana: v3 operations of nobody': '/api/v3/operations?service=nobody',
    'Grafana: v3 trace': `/api/v3/traces/${messaged}?start_time=2026-01-05T09:00:00Z&end_time=2026-01-05T09:15:00.5Z`,
    'v3: operations of a kind': '/api/v3/operations?service=payment&span_kind=client',
    'v3: search': `/api/v3/traces?${times}&query.service_name=checkout&query.operation_name=span&query.num_traces=20`,
    'v3: search by duration': `/api/v3/traces?${times}&query.duration_min=110.5ms&query.duration_max=111ms&query.num_traces=20`,
    'v3: no match': `/api/v3/traces?${times}&query.service_name=nobody&query.num_traces=20`,
    'v3: no such trace': `/api/v3/traces/${nobody}`,
    'wrong: no service': `/api/traces?${micros}`,
    'wrong: no service for operations': '/api/operations',
    'wrong: duration without a unit': `/api/traces?service=checkout&minDuration=20`,
    'wrong: unit of a duration': `/api/traces?service=checkout&maxDuration=2x`,
    'wrong: durations in the wrong order': '/api/traces?service=checkout&minDuration=2s&maxDuration=1s',
    'wrong: limit': '/api/traces?service=checkout&limit=many',
    'wrong: no limit': '/api/traces?service=checkout&limit=0',
    'wrong: start': '/api/traces?service=checkout&start=yesterday',
    'wrong: tag': '/api/traces?service=checkout&tag=error',
    'wrong: tags': '/api/traces?service=checkout&tags=%7B%22http.response.status_code%22%3A500%7D',
    'wrong: trace id': '/api/traces/order-33',
    'wrong: trace id too long': `/api/traces/${failed}ff`,
    'wrong: raw': `/api/traces/${failed}?raw=cooked`,
    'wrong: end of dependencies': '/api/dependencies?endTs=now',
    'wrong: lookback of dependencies': '/api/dependencies?lookback=1h',
    'wrong: v3 without times': '/api/v3/traces?query.service_name=checkout',
    'wrong: v3 time': `/api/v3/traces?query.start_time_min=now&query.start_time_max=now`,
    'wrong: v3 depth': `/api/v3/traces?${times}&query.num_traces=many`,
    'wrong: v3 no depth': `/api/v3/traces?${times}&query.num_traces=0`,
    'wrong: v3 duration': `/api/v3/traces?${times}&query.num_traces=20&query.duration_min=5`,
    'wrong: v3 raw': `/api/v3/traces?${times}&query.num_traces=20&query.raw_traces=cooked`,
    'wrong: v3 trace id': '/api/v3/traces/order-33',
  };
  const counted: Readonly<Record<string, string>> = {
    'pages: search with a limit': `/api/traces?service=checkout&${micros}&limit=7`,
    'pages: search with the usual limit': `/api/traces?service=storefront&${micros}`,
    'pages: search of everything': `/api/traces?service=storefront&${micros}&limit=1000`,
    'v3: search with a limit': `/api/v3/traces?${times}&query.num_traces=7`,
    'v3: search of everything': `/api/v3/traces?${times}&query.num_traces=1000`,
  };
  return [
    ...Object.entries(calls).map(([name, path]) => ({ name, path })),
    ...Object.entries(counted).map(([name, path]) => ({ name, path, count: true as const })),
  ];
}

/** Asks, and gives what does not depend on the order in which spans arrived. */
export async function callJaeger(url: string, { path, count }: JaegerCall): Promise<JaegerAnswer> {
  const response = await fetch(`${url}${path}`);
  const body: unknown = inOrder(JSON.parse(await response.text()));
  return { status: response.status, body: count ? { traces: traceIds(body).size } : body };
}

interface LegacySpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly processID: string;
  readonly tags: readonly object[];
  readonly logs: readonly { readonly fields: readonly object[] }[];
}

interface LegacyTrace {
  readonly traceID: string;
  readonly spans: readonly LegacySpan[];
  readonly processes: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
}

interface ResourceSpans {
  readonly resource: unknown;
  readonly scopeSpans: readonly { readonly scope: unknown; readonly spans: readonly OtlpSpan[] }[];
}

interface Body {
  readonly data?: readonly (LegacyTrace | string | object)[] | null;
  readonly result?: { readonly resourceSpans: readonly ResourceSpans[] };
  readonly services?: readonly string[];
  readonly operations?: readonly object[];
  readonly error?: { readonly message: string };
}

/** Lists by what is in them; each span with its process or resource and scope, in place of a number or a group; without Jaeger's warnings. */
function inOrder(value: unknown): unknown {
  const body = value as Body;
  const { data, result, services, operations, error } = body;
  return {
    ...body,
    ...(data && { data: sorted(data.map((entry) => (isTrace(entry) ? legacyInOrder(entry) : entry))) }),
    ...(result && { result: sorted(result.resourceSpans.flatMap(otlpSpans)) }),
    ...(services && { services: sorted(services) }),
    ...(operations && { operations: sorted(operations) }),
    // Where Go stopped to read a time is not told.
    ...(error && { error: { ...error, message: error.message.replace(/: cannot parse .*$/, '') } }),
  };
}

function sorted<T>(list: readonly T[]): readonly T[] {
  const keyed = list.map((entry) => ({ key: JSON.stringify(entry), entry }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ entry }) => entry);
}

function isTrace(entry: unknown): entry is LegacyTrace {
  return typeof entry === 'object' && entry !== null && 'processes' in entry;
}

function legacyInOrder({ spans, processes, ...trace }: LegacyTrace): object {
  const known = Object.keys(processes).every((id) => spans.some(({ processID }) => processID === id));
  return {
    ...trace,
    spans: sorted(
      spans.map(({ processID, tags, logs, ...span }) => ({
        ...span,
        tags: sorted(tags),
        logs: logs.map(({ fields, ...log }) => ({ ...log, fields: sorted(fields) })),
        process: processes[processID],
        warnings: null,
      })),
    ),
    // Every process is somebody's, and has a number as Jaeger gives it.
    processes: known && Object.keys(processes).every((id, at) => id === `p${at + 1}`),
  };
}

function otlpSpans({ resource, scopeSpans }: ResourceSpans): readonly object[] {
  return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ ...span, resource, scope })));
}

function traceIds(value: unknown): ReadonlySet<string> {
  const { data, result } = value as { data?: readonly LegacyTrace[]; result?: readonly OtlpSpan[] };
  return new Set([...(data ?? []).map(({ traceID }) => traceID), ...(result ?? []).map(({ traceId }) => traceId)]);
}
