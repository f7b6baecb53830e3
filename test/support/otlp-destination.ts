import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as it came, unpacked. */
interface Forwarded {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly afterMs?: number;
}

/** A receiver that answers as it is told, and can go away and come back on its port. */
export interface OtlpDestination {
  readonly url: string;
  readonly requests: readonly Forwarded[];
  /** Answers of the next requests, in turn; 200 after them. */
  readonly answers: Answer[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOtlpDestination(): Promise<OtlpDestination> {
  const requests: Forwarded[] = [];
  const answers: Answer[] = [];
  let server: Server;
  let port = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    requests.push({ path: url, headers, body: plain, at: Date.now() });
    const { status = 200, headers: own, body: text = '', afterMs = 0 } = answers.shift() ?? {};
    setTimeout(() => response.writeHead(status, own).end(text), afterMs);
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => void receive(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answers,
    start,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
