import type { Page, Window } from '../backend.ts';

/** Pages of SigNoz's own. Source: frontend/src/constants/routes.ts, and the tab's key of pages/MetricsApplication. */
export function link(url: string, page: Page, { from, to }: Window): string {
  const target = new URL(`${url.replace(/\/$/, '')}${pathOf(page)}`);
  target.search = '';
  if (page.of === 'trace') return target.href;
  if (page.of === 'query') target.searchParams.set('tab', 'DB_CALL_METRICS');
  target.searchParams.set('startTime', String(Math.floor(from)));
  target.searchParams.set('endTime', String(Math.ceil(to)));
  return target.href;
}

function pathOf(page: Page): string {
  if (page.of === 'trace') return `/trace/${encodeURIComponent(page.traceId)}`;
  if (page.of === 'error') return '/exceptions';
  const service = `/services/${encodeURIComponent(page.service)}`;
  return page.of === 'endpoint' ? `${service}/top-level-operations` : service;
}
