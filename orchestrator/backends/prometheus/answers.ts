import type { Dependency, EndpointFilter, EndpointStats, QueryFilter, QueryStats } from '../backend.ts';
import { type Counted, counted, type Reading } from './counted.ts';
import { needLabel } from './span-metrics.ts';
import type { Column } from './promql.ts';

/** Newer names of OpenTelemetry first; of a route the span’s own name last, which is `METHOD /route` by its conventions. */
const methods: Column = [
  { label: 'http_request_method' },
  { label: 'http_method' },
  { label: 'span_name', pattern: '([A-Z]+) /.*' },
];
const routes: Column = [{ label: 'http_route' }, { label: 'span_name', pattern: '[A-Z]+ (/.*)' }];
const versions: Column = [{ label: 'service_version' }];
const queryTexts: Column = ['db_query_text', 'db_statement', 'db_query_summary'].map((label) => ({ label }));
const databases: Column = ['db_namespace', 'db_name', 'db_system_name', 'db_system'].map((label) => ({ label }));
const peers: Column = ['peer_service', 'server_address', 'net_peer_name'].map((label) => ({ label }));

const names = (column: Column): readonly string[] => column.map(({ label }) => label);
const ofKind = { dimension: 'span.kind', labels: ['span_kind'] };

export async function endpointsOf(reading: Reading, filter: EndpointFilter): Promise<readonly EndpointStats[]> {
  await needLabel(reading.api, reading.metrics, [
    ofKind,
    { dimension: 'http.request.method', labels: names(methods) },
    { dimension: 'http.route', labels: names(routes) },
    ...(filter.byVersion ? [{ dimension: 'service.version', labels: names(versions) }] : []),
  ]);
  const rows = await counted(reading, {
    kind: 'SERVER',
    service: filter.service,
    by: {
      service: [{ label: reading.metrics.service }],
      method: methods,
      route: routes,
      ...(filter.byVersion && { version: versions }),
    },
    failed: (httpStatus, isError) => (Number.isNaN(httpStatus) ? isError : httpStatus >= 500),
  });
  return rows.map(endpointOf).filter(({ method, route }) => isAsked(`${method} ${route}`, { method, route, filter }));
}

function isAsked(
  both: string,
  { method, route, filter }: { readonly method: string; readonly route: string; readonly filter: EndpointFilter },
): boolean {
  return method !== '' && route !== '' && (filter.route === undefined || filter.route === both);
}

function endpointOf({ values, ...statistics }: Counted): EndpointStats {
  const { service = '', method = '', route = '', version } = values;
  return { service, method, route, ...(version && { version }), ...statistics };
}

export async function queriesOf(reading: Reading, filter: QueryFilter): Promise<readonly QueryStats[]> {
  await needLabel(reading.api, reading.metrics, [ofKind, { dimension: 'db.query.text', labels: names(queryTexts) }]);
  const rows = await counted(reading, {
    kind: 'CLIENT',
    service: filter.service,
    by: { service: [{ label: reading.metrics.service }], query: queryTexts },
    failed: (_httpStatus, isError) => isError,
  });
  const part = filter.contains?.toLowerCase() ?? '';
  return rows
    .map(({ values: { service = '', query = '' }, ...statistics }) => ({ service, query, ...statistics }))
    .filter(({ query }) => query !== '' && query.toLowerCase().includes(part));
}

/**
 * Calls by the spans that make them. Of those that name a database only those with a query are calls to it, where queries are told apart at all;
 * opening a connection is none.
 */
export async function dependenciesOf(reading: Reading): Promise<readonly Dependency[]> {
  const { api, metrics } = reading;
  const labels = await needLabel(api, metrics, [
    ofKind,
    { dimension: 'peer.service, db.namespace', labels: [...names(databases), ...names(peers)] },
  ]);
  const services = await api.labelValues(metrics.calls, metrics.service);
  const rows = await counted(reading, {
    kind: 'CLIENT',
    service: undefined,
    by: {
      service: [{ label: metrics.service }],
      target: [
        ...databases.map(({ label }) => ({ label, gives: 'database $1' })),
        ...peers.map(({ label }) => ({ label, gives: 'peer $1' })),
      ],
      queried: queryTexts.map(({ label }) => ({ label, gives: 'yes' })),
    },
    failed: (httpStatus, isError) => (Number.isNaN(httpStatus) ? isError : httpStatus >= 500),
  });
  const tellsQueries = names(queryTexts).some((label) => labels.has(label));
  return rows.flatMap((row) => edgeOf(row, { services, tellsQueries }));
}

function edgeOf(
  { values: { service: from = '', target = '', queried }, ...statistics }: Counted,
  { services, tellsQueries }: { readonly services: ReadonlySet<string>; readonly tellsQueries: boolean },
): readonly Dependency[] {
  const space = target.indexOf(' ');
  const to = target.slice(space + 1);
  if (target.startsWith('database ')) {
    return queried || !tellsQueries ? [{ from, to, kind: 'database', ...statistics }] : [];
  }
  if (target === '' || to === from) return [];
  return [{ from, to, kind: services.has(to) ? 'service' : 'external', ...statistics }];
}
