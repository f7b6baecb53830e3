import type { Dependency, Window } from '../backend.ts';
import { dependencyOrder } from '../order.ts';
import type { TempoClient } from './client.ts';
import { type Asked, byStatus, type Measure } from './measure.ts';
import { isClient, ofService, service, spanset } from './traceql.ts';

const database = 'span.db.namespace';
const peer = 'span.peer.service';

/** Before the window: a callee that is down now has sent spans then. Milliseconds. */
const knownForMs = 3_600_000;

/**
 * The client spans of each service by whom they name (a database only where there is a query: opening a connection is no call), and
 * the messages that consumers have taken from a producer.
 */
export async function dependencies(
  client: TempoClient,
  measure: Measure,
  window: Window,
): Promise<readonly Dependency[]> {
  if (!(window.from < window.to)) return [];
  const edges = await Promise.all([
    databaseCalls(measure, window),
    peerCalls(client, measure, window),
    messages(measure, window),
  ]);
  return edges
    .flat()
    .filter(({ kind, from, to }) => kind !== 'service' || from !== to)
    .toSorted(dependencyOrder);
}

async function databaseCalls(measure: Measure, window: Window): Promise<readonly Dependency[]> {
  const spans = spanset(isClient, 'span.db.query.text != nil');
  const groups = await measure(window, { spans, by: [service, database], failed: byStatus });
  return groups.flatMap(({ values: [from = '', to], ...numbers }) =>
    to === undefined ? [] : [{ from, to, kind: 'database', ...numbers }],
  );
}

async function peerCalls(client: TempoClient, measure: Measure, window: Window): Promise<readonly Dependency[]> {
  const spans = spanset(isClient, `${peer} != nil`);
  const [groups, services] = await Promise.all([
    measure(window, { spans, by: [service, peer, database], failed: byOutcome }),
    client.services({ from: window.from - knownForMs, to: window.to }),
  ]);
  return groups.flatMap(({ values: [from = '', to, name], ...numbers }) =>
    to === undefined || name !== undefined
      ? []
      : [{ from, to, kind: services.has(to) ? 'service' : 'external', ...numbers }],
  );
}

/** A 4xx is the caller's mistake, not the callee's error; where there is no status code, the span's status says it. */
const byOutcome: Asked['failed'] = {
  by: ['status', 'span.http.response.status_code'],
  is: ([status, code]) => (code === undefined ? status === 'error' : Number(code) >= 500),
};

async function messages(measure: Measure, window: Window): Promise<readonly Dependency[]> {
  const senders = await measure(window, { spans: spanset('kind = producer'), by: [service], failed: byStatus });
  const edges = senders.map(async ({ values: [from = ''] }) => {
    // Tempo 2.6 knows of a child only what its own spanset names.
    const received = spanset('kind = consumer', `${service} != nil`);
    const spans = `${spanset('kind = producer', ...ofService(from))} > ${received}`;
    const groups = await measure(window, { spans, by: [service], failed: byStatus });
    return groups.map(({ values: [to = ''], ...numbers }): Dependency => ({ from, to, kind: 'service', ...numbers }));
  });
  return (await Promise.all(edges)).flat();
}
