// URLs as Go's net/url reads and writes them, because k6 shows them so: https://pkg.go.dev/net/url

/** Parts as they are written; `path` and `query` percent-encoded where they must be. */
export interface Url {
  /** Lower case, `''` where there is none. */
  readonly scheme: string;
  /** As written, with a password if there is one. */
  readonly user: string | undefined;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** With its hash, or empty. */
  readonly fragment: string;
}

/** What is wrong with a URL, in Go's words. */
export class UrlError extends Error {
  constructor(text: string, reason: string) {
    super(`parse ${JSON.stringify(text)}: ${reason}`);
  }
}

/** Throws a UrlError. */
export function parseUrl(text: string): Url {
  const { scheme, authority, path, query, fragment } = partsOf(text);
  checkEscapes(text, path);
  const at = authority.lastIndexOf('@');
  return {
    scheme: scheme.toLowerCase(),
    user: at < 0 ? undefined : authority.slice(0, at),
    host: hostOf(text, authority.slice(at + 1)),
    path: encodePath(path),
    query: query === undefined ? '' : `?${query}`,
    fragment: fragment === '' ? '' : `#${fragment}`,
  };
}

interface Parts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string;
}

function partsOf(text: string): Parts {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\0-\u001f\u007f]/.test(text)) throw new UrlError(text, 'net/url: invalid control character in URL');
  const [beforeFragment, fragment = ''] = cut(text, '#');
  const [beforeQuery, query] = cut(beforeFragment, '?');
  if (beforeQuery.startsWith(':')) throw new UrlError(text, 'missing protocol scheme');
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(beforeQuery)?.[1] ?? '';
  const rest = scheme === '' ? beforeQuery : beforeQuery.slice(scheme.length + 1);
  if (scheme === '' && /^[^/][^/]*:/.test(rest))
    throw new UrlError(text, 'first path segment in URL cannot contain colon');
  return { scheme, ...pathOf(rest), query, fragment };
}

function pathOf(rest: string): Pick<Parts, 'authority' | 'path'> {
  if (!rest.startsWith('//')) return { authority: '', path: rest };
  const slash = rest.indexOf('/', 2);
  return slash < 0
    ? { authority: rest.slice(2), path: '' }
    : { authority: rest.slice(2, slash), path: rest.slice(slash) };
}

export function formatUrl({ scheme, user, host, path, query, fragment }: Url): string {
  const authority = host === '' && user === undefined ? '' : `//${user === undefined ? '' : `${user}@`}${host}`;
  return `${scheme === '' ? '' : `${scheme}:`}${authority}${path}${query}${fragment}`;
}

/** As Go logs it: the password is not shown. */
export function redacted(url: Url): string {
  if (url.user === undefined || !url.user.includes(':')) return formatUrl(url);
  return formatUrl({ ...url, user: `${url.user.slice(0, url.user.indexOf(':'))}:***` });
}

/** As k6 tags it: no credentials. */
export function masked(url: Url): string {
  if (url.user === undefined) return formatUrl(url);
  return formatUrl({ ...url, user: url.user.includes(':') ? '****:****' : '****' });
}

/** Where `reference` leads from `base`; throws a UrlError. */
export function resolveUrl(base: Url, reference: string): Url {
  const parsed = parseUrl(reference);
  if (parsed.scheme !== '') return parsed;
  const { user: _, ...withoutUser } = base;
  return parseUrl(new URL(reference, formatUrl({ ...withoutUser, user: undefined })).href);
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function hostOf(text: string, host: string): string {
  checkEscapes(text, host);
  if (host.startsWith('[')) {
    const end = host.indexOf(']');
    if (end < 0) throw new UrlError(text, "missing ']' in host");
    checkPort(text, host.slice(end + 1));
    return host;
  }
  const colon = host.indexOf(':');
  if (colon >= 0) checkPort(text, host.slice(colon));
  const wrong = /[ "<>\\^`{|}]/.exec(host)?.[0];
  if (wrong !== undefined) throw new UrlError(text, `invalid character ${JSON.stringify(wrong)} in host name`);
  return host;
}

function checkPort(text: string, port: string): void {
  if (!/^(:\d*)?$/.test(port)) throw new UrlError(text, `invalid port ${JSON.stringify(port)} after host`);
}

function checkEscapes(text: string, part: string): void {
  const wrong = /%(?![\da-f]{2})/i.exec(part);
  if (wrong) throw new UrlError(text, `invalid URL escape ${JSON.stringify(part.slice(wrong.index, wrong.index + 3))}`);
}

function encodePath(path: string): string {
  return /^[\w\-.~!$&'()*+,;=:@/%[\]]*$/.test(path)
    ? path
    : encodeURI(path).replaceAll('%25', '%').replaceAll('?', '%3F');
}
