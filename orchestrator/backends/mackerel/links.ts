import type { Page, Window } from '../backend.ts';
import type { Settings } from './settings.ts';

/** Where Mackerel's own documentation links to. Paths of single traces, services and queries are not documented. */
const start = 'https://mackerel.io/my/apm';

/** The page by its template in the settings; without one, the page of all services. */
export function linkTo({ links, org }: Settings, page: Page, window: Window): string {
  const template = page.of === 'error' ? links.service : links[page.of];
  if (template === undefined) return start;
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...page,
    org,
    from: Math.floor(window.from / 1000),
    to: Math.ceil(window.to / 1000),
  };
  return template.replaceAll(/\{(\w+)\}|%7B(\w+)%7D/gi, (_all, plain?: string, encoded?: string) =>
    encodeURIComponent(values[plain ?? encoded ?? ''] ?? ''),
  );
}
