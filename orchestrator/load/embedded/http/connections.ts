import { isIP, type Socket } from 'node:net';
import { createSecureContext, getCACertificates, type TLSSocket } from 'node:tls';
import { buildConnector, Client } from 'undici';
import type { HttpSettings } from './settings.ts';

/** In a show idle connections live no longer, so that a service which drains loses no request of ours. */
const defaultIdleMs = 1000;
/** As long as k6 waits. */
const dialTimeoutMs = 30_000;

/** One connection to one origin: one request at a time. */
export class Connection {
  readonly client: Client;
  readonly origin: string;
  /** How many requests it was taken for. */
  uses = 0;
  socket: Socket | undefined;
  /** `performance.now()` of the steps of connecting; 0 where it has not come so far. */
  dialAt = 0;
  connectedAt = 0;
  readyAt = 0;
  #sent = 0;
  #received = 0;

  constructor(origin: string, connector: buildConnector.connector, idleMs: number) {
    this.origin = origin;
    this.client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      keepAliveTimeoutThreshold: 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 1 << 20,
      connect: (options, callback) => {
        this.dialAt = performance.now();
        this.connectedAt = 0;
        this.readyAt = 0;
        this.#sent = 0;
        this.#received = 0;
        // The type does not say so, but it gives the socket back: https://github.com/nodejs/undici/blob/main/lib/core/connect.js
        const socket = connector(options, (...result) => {
          this.readyAt = performance.now();
          callback(...result);
        }) as unknown as Socket;
        this.socket = socket;
        socket.once('lookup', () => (this.dialAt = performance.now()));
        socket.prependOnceListener('connect', () => (this.connectedAt = performance.now()));
      },
    });
  }

  get connected(): boolean {
    return this.readyAt !== 0 && this.socket?.destroyed === false;
  }

  get http2(): boolean {
    return this.#tls?.alpnProtocol === 'h2';
  }

  /** Version and cipher suite, as k6 names them. */
  get tls(): { readonly version: string; readonly cipher: string } | undefined {
    const socket = this.#tls;
    const version = socket?.getProtocol();
    if (!socket || typeof version !== 'string') return undefined;
    return {
      version: version.replace('TLSv', 'tls').replace(/^(tls1)$/, '$1.0'),
      cipher: socket.getCipher().standardName,
    };
  }

  /** Bytes since the last time. */
  takeBytes(): { readonly sent: number; readonly received: number } {
    const { bytesWritten = 0, bytesRead = 0 } = this.socket ?? {};
    const taken = { sent: bytesWritten - this.#sent, received: bytesRead - this.#received };
    this.#sent = bytesWritten;
    this.#received = bytesRead;
    return taken;
  }

  get #tls(): TLSSocket | undefined {
    return this.socket && 'getProtocol' in this.socket ? (this.socket as TLSSocket) : undefined;
  }
}

/** Connections that are open, by origin. The one that was used last is used next, so that the others run into their end. */
export class Connections {
  readonly #idle = new Map<string, Connection[]>();
  readonly #settings: HttpSettings;
  #connector: buildConnector.connector | undefined;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  take(origin: string): Connection {
    const connection = this.#idle.get(origin)?.pop() ?? this.create(origin);
    connection.uses += 1;
    return connection;
  }

  /** A connection that nobody has used; `take` gives one too, if there is none that is idle. */
  create(origin: string): Connection {
    const connector = (this.#connector ??= connectorFor(this.#settings));
    const connection = new Connection(origin, connector, this.#settings.idleMs ?? defaultIdleMs);
    connection.client.on('disconnect', () => this.#forget(connection));
    return connection;
  }

  release(connection: Connection): void {
    if (this.#settings.noConnectionReuse || !connection.connected) {
      this.drop(connection);
      return;
    }
    const idle = this.#idle.get(connection.origin);
    if (idle) idle.push(connection);
    else this.#idle.set(connection.origin, [connection]);
  }

  drop(connection: Connection): void {
    void connection.client.destroy();
  }

  closeIdle(): void {
    for (const idle of this.#idle.values()) for (const connection of idle.splice(0)) this.drop(connection);
  }

  /** The peer has closed it, or it was idle for too long. */
  #forget(connection: Connection): void {
    const idle = this.#idle.get(connection.origin) ?? [];
    const at = idle.indexOf(connection);
    if (at < 0) return;
    idle.splice(at, 1);
    this.drop(connection);
  }
}

/** Certificates are read when the first connection wants them, and then by all. */
function connectorFor(settings: HttpSettings): buildConnector.connector {
  const plain = buildConnector({ timeout: dialTimeoutMs });
  let secure: buildConnector.connector | undefined;
  return (options, callback) => {
    const connect = options.protocol === 'https:' ? (secure ??= tlsConnector(settings)) : plain;
    return connect({ ...options, ...overridden(options, settings.hosts) }, callback);
  };
}

/** Trusts what this system trusts, as k6 does, and speaks HTTP/2 where the server does. */
function tlsConnector(settings: HttpSettings): buildConnector.connector {
  const options = {
    timeout: dialTimeoutMs,
    allowH2: true,
    preferH2: true,
    rejectUnauthorized: !settings.insecureSkipTLSVerify,
    // Made once: reading some hundred certificates for each connection would take longer than connecting.
    secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...getCACertificates('system')] }),
  };
  return buildConnector(options);
}

type Destination = Pick<buildConnector.Options, 'hostname' | 'port'>;

/** Where `hosts` sends the connections to a host. */
function overridden(options: buildConnector.Options, hosts: HttpSettings['hosts']): Destination | undefined {
  const { hostname } = options;
  const port = options.port || (options.protocol === 'https:' ? '443' : '80');
  const address = hosts[`${hostname}:${port}`] ?? hosts[hostname] ?? wildcard(hostname, port, hosts);
  if (address === undefined) return undefined;
  const separate = isIP(address) === 0 ? /^\[?(.*?)\]?:(\d+)$/.exec(address) : null;
  return { hostname: separate?.[1] ?? address, port: separate?.[2] ?? port };
}

/** `*.example.com`: the longest that fits. */
function wildcard(hostname: string, port: string, hosts: HttpSettings['hosts']): string | undefined {
  const fits = (pattern: string): boolean =>
    pattern.startsWith('*') &&
    (hostname.endsWith(pattern.slice(1)) || `${hostname}:${port}`.endsWith(pattern.slice(1)));
  const [best] = Object.keys(hosts)
    .filter(fits)
    .toSorted((a, b) => b.length - a.length);
  return best === undefined ? undefined : hosts[best];
}
