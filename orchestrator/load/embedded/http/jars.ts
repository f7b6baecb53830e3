import { Cookie, CookieJar } from 'tough-cookie';
import { cookieValue } from '../k6/http/set-cookies.ts';
import type { RequestCookie } from '../k6/http/wire.ts';

export interface CookieOptions {
  readonly path?: string;
  readonly domain?: string;
  /** Epoch ms. */
  readonly expires?: number;
  readonly maxAge?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
}

/** More of them are forgotten, the oldest first: a script may make one in each iteration, and nobody says when it is done with it. */
const keptJars = 1000;

/** The cookies of one virtual user: its own jar, and those that its script makes. */
export class Jars {
  /** Made when the first cookie is there. */
  #own: CookieJar | undefined;
  readonly #made = new Map<number, CookieJar>();
  #last = 0;

  /** The virtual user's own jar is empty again. */
  reset(): void {
    this.#own = undefined;
  }

  make(): number {
    this.#last += 1;
    this.#made.set(this.#last, newJar());
    const [oldest] = this.#made.keys();
    if (this.#made.size > keptJars && oldest !== undefined) this.#made.delete(oldest);
    return this.#last;
  }

  /** The header `Cookie` of a request: its own cookies first, then those of the jar. */
  header(jar: number | undefined, url: string, own: Readonly<Record<string, RequestCookie>> | undefined): string {
    const kept = this.#find(jar)?.getCookiesSync(url) ?? [];
    if (!own) return kept.map(({ key, value }) => pair(key, value)).join('; ');
    return [
      ...Object.entries(own).map(([name, { value }]) => pair(name, value)),
      ...kept.filter(({ key }) => own[key]?.replace !== true).map(({ key, value }) => pair(key, value)),
    ].join('; ');
  }

  /** Keeps what an answer's `Set-Cookie` headers say. */
  keep(jar: number | undefined, url: string, headers: readonly string[]): void {
    for (const header of headers) {
      const cookie = Cookie.parse(header, { loose: true });
      if (!cookie) continue;
      const value = cookieValue(cookie.value);
      if (value === undefined) continue;
      cookie.value = value;
      this.#store(jar, url, cookie);
    }
  }

  set(
    jar: number | undefined,
    url: string,
    cookie: { readonly name: string; readonly value: string } & CookieOptions,
  ): void {
    const { name, value, path, domain, expires, maxAge, secure, httpOnly } = cookie;
    const kept = new Cookie({ key: name, value, path: path ?? null, domain: domain ?? null });
    if (expires !== undefined) kept.expires = new Date(expires);
    if (maxAge !== undefined && maxAge !== 0) kept.setMaxAge(maxAge);
    if (secure !== undefined) kept.secure = secure;
    if (httpOnly !== undefined) kept.httpOnly = httpOnly;
    this.#store(jar, url, kept);
  }

  cookies(jar: number | undefined, url: string): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const { key, value } of this.#find(jar)?.getCookiesSync(url) ?? []) (found[key] ??= []).push(value);
    return found;
  }

  /** Forgets the cookies that `url` would get, or only the one with this name. */
  remove(jar: number | undefined, url: string, name?: string): void {
    const found = this.#find(jar);
    for (const { key, domain, path } of found?.getCookiesSync(url) ?? []) {
      if (name === undefined || key === name)
        found?.store.removeCookie(domain ?? '', path ?? '/', key, () => undefined);
    }
  }

  #store(jar: number | undefined, url: string, cookie: Cookie): void {
    const target = this.#find(jar) ?? (this.#own = newJar());
    target.setCookieSync(cookie, url, { ignoreError: true, loose: true });
  }

  #find(jar: number | undefined): CookieJar | undefined {
    if (jar === undefined) return this.#own;
    const found = this.#made.get(jar);
    if (found) return found;
    const error = new Error(`a cookie jar with ${keptJars} newer ones beside it is not played by the embedded engine`);
    throw Object.assign(error, { name: 'NotPlayed' });
  }
}

const newJar = (): CookieJar =>
  new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true, prefixSecurity: 'unsafe-disabled' });

/** As Go writes it: without what a cookie may not have, quoted where it would be ambiguous. */
function pair(name: string, value: string): string {
  const sent = value.replaceAll(/[^ !#-:<-[\]-~]/g, '');
  return `${name}=${/[ ,]/.test(sent) ? `"${sent}"` : sent}`;
}
