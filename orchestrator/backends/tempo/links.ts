import type { Page, Window } from '../backend.ts';
import type { Settings } from './settings.ts';
import { isClient, ofRoute, ofService, quoted, spanset } from './traceql.ts';

/** Grafana's Explore with the question of a page; Tempo has no pages of its own. */
export function linkOf({ grafana }: Settings, page: Page, { from, to }: Window): string | undefined {
  if (grafana === undefined) return undefined;
  const { url, datasource: uid, orgId = 1 } = grafana;
  const query = {
    refId: 'A',
    datasource: { type: 'tempo', uid },
    queryType: 'traceql',
    limit: 20,
    query: queryOf(page),
  };
  const range = { from: String(Math.floor(from)), to: String(Math.ceil(to)) };
  const panes = JSON.stringify({ a: { datasource: uid, queries: [query], range } });
  const link = new URL(`${url.replace(/\/$/, '')}/explore`);
  link.search = new URLSearchParams({ schemaVersion: '1', orgId: String(orgId), panes }).toString();
  return link.toString();
}

function queryOf(page: Page): string {
  if (page.of === 'trace') return page.traceId;
  const service = ofService(page.service);
  if (page.of === 'endpoint') return spanset(...service, ...ofRoute(page.route));
  if (page.of === 'query') return spanset(...service, isClient, `span.db.query.text = ${quoted(page.query)}`);
  if (page.of === 'error') return spanset(...service, `event.exception.type = ${quoted(page.type)}`);
  return spanset(...service);
}
