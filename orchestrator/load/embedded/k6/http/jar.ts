import { callHost, current } from '../bridge.ts';
import { asText } from '../as-text.ts';
import { GoError } from '../go-error.ts';

interface SetOptions {
  readonly path?: string;
  readonly domain?: string;
  readonly expires?: number;
  readonly maxAge?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
}

/** https://grafana.com/docs/k6/latest/javascript-api/k6-http/cookiejar/ */
export class CookieJar {
  /** Undefined: the virtual user's own. */
  readonly #id: number | undefined;

  constructor(...own: unknown[]) {
    this.#id = own[0] === ownJar ? undefined : (callHost('jar.make') as number);
  }

  static idOf(jar: CookieJar): number | undefined {
    return jar.#id;
  }

  cookiesForURL(url: unknown): Record<string, string[]> {
    return callHost('jar.cookies', { jar: this.#id, url: asText(url) }) as Record<string, string[]>;
  }

  set(url: unknown, name: unknown, value: unknown, options?: unknown): boolean {
    const cookie = { name: asText(name), value: asText(value), ...optionsOf(options) };
    callHost('jar.set', { jar: this.#id, url: asText(url), ...cookie });
    return true;
  }

  clear(url: unknown): void {
    callHost('jar.remove', { jar: this.#id, url: asText(url) });
  }

  delete(url: unknown, name: unknown): void {
    if (name === '') throw new GoError('cookie: is null');
    callHost('jar.remove', { jar: this.#id, url: asText(url), name: asText(name) });
  }
}

const ownJar = Symbol('ownJar');

/** The jar of the virtual user. */
export function cookieJar(): CookieJar {
  if (current.exec === '') throw new GoError('Making cookie jars in the init context is not supported');
  return new CookieJar(ownJar);
}

function optionsOf(options: unknown): SetOptions {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options ?? {})) {
    const read = readers[name.toLowerCase()];
    if (read) Object.assign(found, read(value));
  }
  return found;
}

const readers: Readonly<Record<string, (value: unknown) => SetOptions>> = {
  path: (value) => ({ path: asText(value) }),
  domain: (value) => ({ domain: asText(value) }),
  expires: (value) => (value === '' ? {} : { expires: moment(asText(value)) }),
  max_age: (value) => ({ maxAge: Math.trunc(Number(value)) || 0 }),
  secure: (value) => ({ secure: Boolean(value) }),
  http_only: (value) => ({ httpOnly: Boolean(value) }),
};

/** RFC 1123 with the zone's name, `Mon, 02 Jan 2006 15:04:05 MST`, as k6 wants it. */
function moment(text: string): number {
  const fits = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [A-Z]{3,4}$/.test(text);
  const at = fits ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new GoError(
      `unable to parse "expires" date string "${text}": parsing time "${text}" as "Mon, 02 Jan 2006 15:04:05 MST": cannot parse`,
    );
  return at;
}
