import type { Page, Window } from '../backend.ts';

/** Pages of Jaeger's own user interface; a search by tags where it has no page of its own for something. */
export function linkTo(url: string, page: Page, window: Window): string {
  const base = url.replace(/\/$/, '');
  if (page.of === 'trace') return `${base}/trace/${page.traceId}`;
  const search = new URLSearchParams({
    service: page.service,
    // Microseconds.
    start: `${Math.floor(window.from * 1000)}`,
    end: `${Math.ceil(window.to * 1000)}`,
    lookback: 'custom',
    limit: '20',
  });
  const tags = tagsOf(page);
  if (tags) search.set('tags', JSON.stringify(tags));
  return `${base}/search?${search.toString()}`;
}

function tagsOf(page: Exclude<Page, { of: 'trace' }>): Readonly<Record<string, string>> | undefined {
  if (page.of === 'endpoint') {
    const [method = '', ...route] = page.route.split(' ');
    return { 'http.request.method': method, 'http.route': route.join(' ') };
  }
  if (page.of === 'query') return { 'db.query.text': page.query };
  return page.of === 'error' ? { 'exception.type': page.type } : undefined;
}
