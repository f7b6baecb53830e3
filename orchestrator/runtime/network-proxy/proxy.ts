import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ApiError } from './api-error.ts';
import { Holds } from './holds.ts';
import { resolve } from './resolve.ts';
import { Link, type Stream, type ToxicEntry } from './link.ts';

interface Connection {
  readonly sockets: readonly Socket[];
  readonly links: Readonly<Record<Stream, Link>>;
  /** Whether the upstream has sent anything: then it has accepted. */
  answered: boolean;
}

/**
 * How long one of several addresses of an upstream may take before the next is tried. Node's 250 ms were seen to give up a new instance whose
 * first packet was lost (it is sent again after 1 s, RFC 6298), and the one it replaces refuses.
 */
const attemptMs = 2500;

/** One listening port that leads to one upstream, and the toxics on the way. */
export class Proxy {
  readonly name: string;
  listen: string;
  upstream: string;
  readonly toxics: ToxicEntry[] = [];
  readonly #holds: Holds;
  #server: Server | undefined;
  readonly #connections = new Set<Connection>();

  /** Addresses are `host:port`; port 0 picks a free one. An empty host means 127.0.0.1. */
  constructor(name: string, listen: string, upstream: string, holds = new Holds()) {
    this.#holds = holds;
    this.name = name;
    this.listen = listen;
    this.upstream = upstream;
  }

  get enabled(): boolean {
    return this.#server !== undefined;
  }

  async start(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void this.#accept(client));
    const { host, port } = splitAddress(this.listen);
    server.listen({ host, port, backlog: 1024 });
    await once(server, 'listening').catch((error: Error) => {
      throw new ApiError(500, `listen tcp ${this.listen}: ${error.message}`);
    });
    this.#server = server;
    const bound = server.address() as AddressInfo;
    this.listen = bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
  }

  /** Stops listening and closes every connection. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.#connections) connection.sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  /** Connections that the upstream has not answered on yet: it may not even have accepted them. */
  get unanswered(): number {
    return [...this.#connections].filter(({ answered }) => !answered).length;
  }

  addToxic(entry: ToxicEntry): void {
    this.toxics.push(entry);
    this.#each(entry, (link) => link.add(entry));
  }

  updateToxic(entry: ToxicEntry, change: Pick<ToxicEntry, 'toxicity' | 'attributes'>): void {
    Object.assign(entry, change);
    this.#each(entry, (link) => link.update(entry));
  }

  removeToxic(entry: ToxicEntry): void {
    this.toxics.splice(this.toxics.indexOf(entry), 1);
    this.#each(entry, (link) => link.remove(entry));
  }

  #each(entry: ToxicEntry, act: (link: Link) => void): void {
    for (const connection of this.#connections) act(connection.links[entry.stream]);
  }

  async #accept(client: Socket): Promise<void> {
    client.on('error', () => client.destroy());
    await this.#holds.of(this.upstream);
    // While it waited, the client may have left and the proxy may have been disabled.
    if (client.destroyed || !this.enabled) client.destroy();
    else this.#join(client);
  }

  #join(client: Socket): void {
    const upstream = connect({
      ...splitAddress(this.upstream),
      allowHalfOpen: true,
      noDelay: true,
      lookup: resolve,
      autoSelectFamilyAttemptTimeout: attemptMs,
    });
    const on = (stream: Stream) => this.toxics.filter((toxic) => toxic.stream === stream);
    const connection: Connection = {
      sockets: [client, upstream],
      links: {
        upstream: new Link(client, upstream, on('upstream')),
        downstream: new Link(upstream, client, on('downstream')),
      },
      answered: false,
    };
    upstream.once('data', () => (connection.answered = true));
    this.#connections.add(connection);
    fail(client, upstream);
    fail(upstream, client);
    for (const socket of connection.sockets) {
      socket.once('close', () => {
        if (connection.sockets.every((each) => each.destroyed)) this.#connections.delete(connection);
      });
    }
  }
}

/** What breaks one side breaks the other in the same way: a reset stays a reset. */
function fail(socket: Socket, other: Socket): void {
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') other.resetAndDestroy();
    else other.destroy();
  });
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const port = Number(address.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ApiError(500, `address ${address}: missing or wrong port in address`);
  }
  return { host: host || '127.0.0.1', port };
}
