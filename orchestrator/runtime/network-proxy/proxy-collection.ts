import { ApiError, badBody, missingField } from './api-error.ts';
import { Holds } from './holds.ts';
import { type Stream, streams, type ToxicEntry } from './link.ts';
import { Proxy } from './proxy.ts';
import { toxics } from './toxics/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** All proxies by name, with the checks, defaults and refusals of Toxiproxy. Bodies are what the API received, unchecked. */
export class ProxyCollection {
  readonly holds = new Holds();
  readonly #proxies = new Map<string, Proxy>();

  all(): Record<string, unknown> {
    return Object.fromEntries([...this.#proxies].map(([name, proxy]) => [name, view(proxy)]));
  }

  find(name: string): Proxy {
    const proxy = this.#proxies.get(name);
    if (!proxy) throw new ApiError(404, 'proxy not found');
    return proxy;
  }

  /** Connections to an upstream, by whichever proxy, that it has not answered on yet. */
  unanswered(upstream: string): number {
    const leading = [...this.#proxies.values()].filter((proxy) => proxy.upstream === upstream);
    return leading.reduce((sum, proxy) => sum + proxy.unanswered, 0);
  }

  show(name: string): unknown {
    return view(this.find(name));
  }

  async create(body: unknown): Promise<unknown> {
    const { name, upstream, listen, enabled } = proxyFields(body);
    if (!name) throw missingField('name');
    if (!upstream) throw missingField('upstream');
    if (this.#proxies.has(name)) throw new ApiError(409, 'proxy already exists');
    const proxy = new Proxy(name, listen ?? ':0', upstream, this.holds);
    // Reserved before the first await, so that two requests cannot create the same proxy.
    this.#proxies.set(name, proxy);
    try {
      if (enabled !== false) await proxy.start();
    } catch (error) {
      this.#proxies.delete(name);
      throw error;
    }
    return view(proxy);
  }

  async update(name: string, body: unknown): Promise<unknown> {
    const proxy = this.find(name);
    const { listen = proxy.listen, upstream = proxy.upstream, enabled = proxy.enabled } = proxyFields(body);
    if (listen !== proxy.listen || upstream !== proxy.upstream) {
      await proxy.stop();
      Object.assign(proxy, { listen, upstream });
    }
    if (enabled) await proxy.start();
    else await proxy.stop();
    return view(proxy);
  }

  async remove(name: string): Promise<void> {
    const proxy = this.find(name);
    this.#proxies.delete(name);
    await proxy.stop();
  }

  /** Creates every proxy of the list; one that exists is left alone if it is the same, else replaced. */
  async populate(body: unknown): Promise<unknown[]> {
    if (!Array.isArray(body)) throw badBody('expected a list of proxies');
    const inputs = body.map((input: unknown, index) => {
      const fields = proxyFields(input);
      if (!fields.name) throw missingField(`name at proxy ${index + 1}`);
      if (!fields.upstream) throw missingField(`upstream at proxy ${index + 1}`);
      return { name: fields.name, input, same: this.#isSame(fields) };
    });
    const views: unknown[] = [];
    for (const { name, input, same } of inputs) {
      if (!same && this.#proxies.has(name)) await this.remove(name);
      views.push(same ? this.show(name) : await this.create(input));
    }
    return views;
  }

  /** Enables every proxy and removes every toxic. */
  async reset(): Promise<void> {
    for (const proxy of this.#proxies.values()) {
      await proxy.start();
      for (const toxic of proxy.toxics.slice()) proxy.removeToxic(toxic);
    }
  }

  findToxic(proxyName: string, name: string): ToxicEntry {
    const found = this.find(proxyName).toxics.find((toxic) => toxic.name === name);
    if (!found) throw new ApiError(404, 'toxic not found');
    return found;
  }

  addToxic(proxyName: string, body: unknown): ToxicEntry {
    const proxy = this.find(proxyName);
    const fields = object(body);
    const type = text(fields, 'type') ?? '';
    const stream = streamOf(text(fields, 'stream') || 'downstream');
    const name = text(fields, 'name') || `${type}_${stream}`;
    const kind = Object.hasOwn(toxics, type) ? toxics[type] : undefined;
    if (!kind) throw new ApiError(400, 'invalid toxic type');
    if (proxy.toxics.some((toxic) => toxic.name === name)) throw new ApiError(409, 'toxic already exists');
    const entry = {
      name,
      type,
      stream,
      toxicity: number(fields, 'toxicity') ?? 1,
      attributes: merge(kind.attributes, fields),
    };
    proxy.addToxic(entry);
    return entry;
  }

  updateToxic(proxyName: string, name: string, body: unknown): ToxicEntry {
    const entry = this.findToxic(proxyName, name);
    const fields = object(body);
    this.find(proxyName).updateToxic(entry, {
      toxicity: number(fields, 'toxicity') ?? entry.toxicity,
      attributes: merge(entry.attributes, fields),
    });
    return entry;
  }

  removeToxic(proxyName: string, name: string): void {
    this.find(proxyName).removeToxic(this.findToxic(proxyName, name));
  }

  #isSame({ name, listen, upstream }: ReturnType<typeof proxyFields>): boolean {
    const proxy = this.#proxies.get(name ?? '');
    return proxy?.listen === listen && proxy?.upstream === upstream;
  }
}

function view(proxy: Proxy): unknown {
  const { name, listen, upstream, enabled, toxics: list } = proxy;
  return { name, listen, upstream, enabled, toxics: list };
}

function proxyFields(body: unknown) {
  const fields = object(body);
  const enabled = fields['enabled'] ?? undefined;
  if (enabled !== undefined && typeof enabled !== 'boolean') throw badBody('enabled must be a boolean');
  return { name: text(fields, 'name'), listen: text(fields, 'listen'), upstream: text(fields, 'upstream'), enabled };
}

function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badBody('expected an object');
  return value as Fields;
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw badBody(`${name} must be a string`);
  return value;
}

function number(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw badBody(`${name} must be a number`);
  return value;
}

function streamOf(value: string): Stream {
  const stream = streams.find((known) => known === value.toLowerCase());
  if (!stream) throw new ApiError(400, 'stream was invalid, can be either upstream or downstream');
  return stream;
}

/** The attributes of `known`, overridden by those of the body; others are ignored, as Toxiproxy does. */
function merge(known: Readonly<Record<string, number>>, fields: Fields): Record<string, number> {
  const given = object(fields['attributes'] ?? {});
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => {
      const wanted = number(given, name) ?? value;
      if (!Number.isInteger(wanted)) throw badBody(`${name} must be an integer`);
      return [name, wanted];
    }),
  );
}
