import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Status and body; a string body is sent as it is, anything else as JSON. */
export type Canned = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];
export type Answering = (
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
) => Canned | undefined | Promise<Canned | undefined>;

export interface FakeApi {
  readonly url: string;
  /** Path and query of everything asked, decoded. */
  readonly asked: readonly URL[];
  close(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that answers as told; where the answer is undefined, it has written to the response itself. */
export async function fakeApi(answer: Answering): Promise<FakeApi> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      asked.push(url);
      const canned = await answer(url, request, response);
      if (!canned) return;
      const [status, body, headers = {}] = canned;
      response.writeHead(status, { 'content-type': 'text/plain', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
