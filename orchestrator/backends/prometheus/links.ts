import type { Page, Window } from '../backend.ts';
import { selector } from './promql.ts';

/** A graph of a page's spans per second; Prometheus 3 leads on to its `/query`. Undefined for what metrics have no page of. */
export function linkTo(url: string, page: Page, { from, to }: Window): string | undefined {
  const labels = labelsOf(page);
  if (labels === undefined || !Number.isFinite(to - from)) return undefined;
  const { service } = labels;
  // The connector and Tempo's generator call the service differently.
  const rates = [{ ...labels, service: '', service_name: service }, labels].map((each) => `rate(${all(each)}[1m])`);
  const query = new URLSearchParams({
    'g0.expr': `sum by (http_response_status_code) (${rates.join(' or ')})`,
    'g0.tab': '0',
    'g0.range_input': `${Math.max(60, Math.ceil((to - from) / 1000))}s`,
    'g0.end_input': new Date(to).toISOString().slice(0, 19).replace('T', ' '),
  });
  return `${url.replace(/\/$/, '')}/graph?${query.toString()}`;
}

/** Whatever the counter is called. */
function all(labels: Readonly<Record<string, string>>): string {
  return selector('', labels).replace('{', '{__name__=~"(.*_)?calls_total", ');
}

function labelsOf(page: Page): { readonly service: string; readonly [label: string]: string } | undefined {
  if (page.of === 'trace' || page.of === 'error') return undefined;
  const { service } = page;
  if (page.of === 'query') return { service, span_kind: 'SPAN_KIND_CLIENT', db_query_text: page.query };
  return { service, span_kind: 'SPAN_KIND_SERVER', ...(page.of === 'endpoint' && { span_name: page.route }) };
}
