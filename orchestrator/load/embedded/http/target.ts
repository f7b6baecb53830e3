import { formatUrl, masked, parseUrl, redacted, UrlError, type Url } from './url.ts';

/** A URL that requests go to, in all the forms that are asked for. */
export interface Target {
  readonly url: Url;
  /** As the response shows it. */
  readonly text: string;
  /** As the tags show it. */
  readonly clean: string;
  /** As a log shows it. */
  readonly logged: string;
  /** `http://host:port`, or undefined where no request can go. */
  readonly origin: string | undefined;
  /** With the query. */
  readonly path: string;
  /** `Basic …` by the credentials of the URL. */
  readonly authorization: string | undefined;
}

/** A URL that k6 reports with error code 1020. */
export class InvalidUrl extends Error {}

const keptTargets = 2000;
const targets = new Map<string, Target>();

/** Throws an InvalidUrl. Targets are kept, because a load has few URLs and many requests. */
export function targetOf(text: string): Target {
  const known = targets.get(text);
  if (known) return known;
  const target = newTarget(text);
  if (targets.size >= keptTargets) targets.clear();
  targets.set(text, target);
  return target;
}

function newTarget(text: string): Target {
  try {
    return targetOfUrl(parseUrl(text));
  } catch (error) {
    if (error instanceof UrlError) throw new InvalidUrl(`invalid URL: ${error.message}`);
    throw error;
  }
}

export function targetOfUrl(url: Url): Target {
  const sendable = (url.scheme === 'http' || url.scheme === 'https') && url.host !== '';
  return {
    url,
    text: formatUrl(url),
    clean: masked(url),
    logged: redacted(url),
    origin: sendable ? `${url.scheme}://${url.host.toLowerCase().replace(/:$/, '')}` : undefined,
    path: `${url.path === '' ? '/' : url.path}${url.query}`,
    authorization: url.user === undefined ? undefined : `Basic ${credentials(url.user).toString('base64')}`,
  };
}

function credentials(user: string): Buffer {
  const [name, password] = userAndPassword(user);
  return Buffer.from(`${name}:${password}`);
}

/** Decoded; the password is empty where there is none. */
export function userAndPassword(user: string): [string, string] {
  const colon = user.indexOf(':');
  if (colon < 0) return [decodeURIComponent(user), ''];
  return [decodeURIComponent(user.slice(0, colon)), decodeURIComponent(user.slice(colon + 1))];
}
