import type { Attributes } from '../backends/backend.ts';

const method = ['http.request.method', 'http.method'];
const route = ['http.route', 'url.path', 'http.target', 'http.url'];
const query = ['db.query.text', 'db.statement'];
const database = ['db.namespace', 'db.name', 'db.system.name', 'db.system'];
const peer = ['peer.service', 'server.address', 'net.peer.name'];
const status = ['http.response.status_code', 'http.status_code'];

/** The keys of each of these, newer names first, older ones after them; no key stands twice. */
export const columnKeys: readonly (readonly string[])[] = [method, route, query, database, peer, status];

/** The first of these attributes that is there, as text. */
function first(keys: readonly string[]): (attributes: Attributes) => string | null {
  return (attributes) => {
    for (const key of keys) {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      if (value !== undefined && value !== '') return String(value);
    }
    return null;
  };
}

/** What a span's attributes say, whichever generation of OpenTelemetry's semantic conventions they follow; null where they do not. */
export const methodOf = first(method);
export const routeOf = first(route);
export const queryOf = first(query);
export const databaseOf = first(database);
export const peerOf = first(peer);

const statusText = first(status);

/** Null also where it is no number that fits: a sender's mistake in one attribute must not fail a batch. */
export function httpStatusOf(attributes: Attributes): number | null {
  return int32(statusText(attributes));
}

/** Null where it is no whole number of 32 bits. */
export function int32(text: string | null): number | null {
  const number = Number(text ?? Number.NaN);
  return (number | 0) === number ? number : null;
}
