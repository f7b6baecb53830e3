/** A cookie as `Response.cookies` shows it. */
export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly http_only: boolean;
  readonly secure: boolean;
  readonly max_age: number;
  /** Epoch ms; of a cookie without a date Go's zero time, of which k6 makes this number. */
  readonly expires: number;
}

const noDate = -6_795_364_578_871;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the `Set-Cookie` headers of an answer say, by name. */
export function setCookies(headers: readonly string[]): Record<string, ResponseCookie[]> {
  const cookies = new Map<string, ResponseCookie[]>();
  for (const header of headers) {
    const cookie = cookieOf(header);
    if (cookie) cookies.set(cookie.name, [...(cookies.get(cookie.name) ?? []), cookie]);
  }
  return Object.fromEntries(cookies);
}

/** A value as it is written, without the quotes around it; undefined where Go drops the cookie: https://pkg.go.dev/net/http#ParseSetCookie */
export function cookieValue(written: string): string | undefined {
  const value = /^".*"$/.test(written) ? written.slice(1, -1) : written;
  return /^[ !#-:<-[\]-~]*$/.test(value) ? value : undefined;
}

function cookieOf(header: string): ResponseCookie | undefined {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  if (at < 1) return undefined;
  const written = cookieValue(pair.slice(at + 1).trim());
  if (written === undefined) return undefined;
  const cookie: Mutable<ResponseCookie> = {
    name: pair.slice(0, at).trim(),
    value: written,
    domain: '',
    path: '',
    http_only: false,
    secure: false,
    max_age: 0,
    expires: noDate,
  };
  for (const attribute of attributes) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(attribute) ?? [];
    const known = name.toLowerCase();
    if (Object.hasOwn(readers, known)) readers[known]?.(cookie, value);
  }
  return cookie;
}

const readers: Readonly<Record<string, (cookie: Mutable<ResponseCookie>, value: string) => void>> = {
  domain: (cookie, value) => (cookie.domain = value),
  path: (cookie, value) => (cookie.path = value),
  httponly: (cookie) => (cookie.http_only = true),
  secure: (cookie) => (cookie.secure = true),
  'max-age': (cookie, value) => {
    if (/^(-?[1-9]\d*|0)$/.test(value)) cookie.max_age = Number(value) <= 0 ? -1 : Number(value);
  },
  expires: (cookie, value) => {
    const at = Date.parse(value.replaceAll(/(\d)-([A-Za-z]{3})-(\d)/g, '$1 $2 $3'));
    if (!Number.isNaN(at)) cookie.expires = at;
  },
};
