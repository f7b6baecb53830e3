import type { Warning } from '../k6/http/wire.ts';
import type { Prepared } from './outgoing.ts';
import { RequestFailure } from './failures.ts';
import { targetOfUrl, type Target } from './target.ts';
import { resolveUrl, UrlError } from './url.ts';

/** What goes out next: the first request, or one to which a redirect leads. */
export interface Hop {
  readonly method: string;
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Prepared['body'];
}

/** Where an answer leads by Go's rules (net/http, Client.do), or undefined where it is the last one. Throws a RequestFailure. */
export function redirectOf(hop: Hop, first: Hop, status: number, location: string | undefined): Hop | undefined {
  if (location === undefined || location === '' || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const target = located(hop, location);
  const keepsBody = status >= 307;
  const method = keepsBody || hop.method === 'GET' || hop.method === 'HEAD' ? hop.method : 'GET';
  const headers = Object.entries(hop.headers).filter(
    ([name]) =>
      (keepsBody || !ofBody.has(name)) && (!secret.has(name) || isWithin(target, first.target)) && !replaced.has(name),
  );
  const relative = target.origin === hop.target.origin;
  return {
    method,
    target,
    headers: {
      ...Object.fromEntries(headers.filter(([name]) => name !== 'Host' || relative)),
      ...referer(hop, target, first.headers['Referer']),
    },
    body: keepsBody ? hop.body : undefined,
  };
}

const ofBody = new Set(['Content-Encoding', 'Content-Language', 'Content-Location', 'Content-Type']);
const replaced = new Set(['Cookie', 'Referer']);
const secret = new Set(['Authorization', 'Www-Authenticate', 'Cookie2', 'Proxy-Authorization', 'Proxy-Authenticate']);

function located(hop: Hop, location: string): Target {
  try {
    return targetOfUrl(resolveUrl(hop.target.url, location));
  } catch (error) {
    const reason = error instanceof UrlError ? error.message : String(error);
    throw new RequestFailure(1000, `failed to parse Location header ${JSON.stringify(location)}: ${reason}`);
  }
}

/** The same host, or one below it: to others no credentials go. */
function isWithin(target: Target, first: Target): boolean {
  return hostName(target) === hostName(first) || hostName(target).endsWith(`.${hostName(first)}`);
}

const hostName = ({ url }: Target): string => url.host.toLowerCase().replace(/:\d*$/, '');

function referer({ target: from }: Hop, to: Target, given: string | undefined): { readonly Referer?: string } {
  if (from.url.scheme === 'https' && to.url.scheme === 'http') return {};
  if (given !== undefined) return { Referer: given };
  const text = from.url.user === undefined ? from.text : from.text.replace(`${from.url.user}@`, '');
  return { Referer: text };
}

/** What k6 logs where a script has set no limit of its own. */
export const stopped = (count: number, first: Target): Warning => ({
  message: `${count} redirects are enough, and the last one is the answer; set \`redirects\` of the request, or \`maxRedirects\`, to say how many you want`,
  fields: { url: first.text },
});
