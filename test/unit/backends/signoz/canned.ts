import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
}

export interface Asked {
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A server that gives these answers until the test ends, and tells what it was asked. */
export async function canned(
  answer: (question: Asked) => CannedAnswer,
): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname: path, search: query } = new URL(request.url ?? '/', 'http://canned');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const sent = text === '' ? undefined : (JSON.parse(text) as unknown);
      const question = { path, query, headers: request.headers, body: sent };
      asked.push(question);
      const { status = 200, headers = {}, body } = answer(question);
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export function fixture(name: string): unknown {
  const file = join(import.meta.dirname, '../../../fixtures/backends/signoz', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}
