import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Answer {
  readonly status?: number;
  readonly body: string;
}

export interface FakeTempo {
  readonly url: string;
  /** What it was asked, oldest first. */
  readonly asked: readonly { readonly url: URL; readonly headers: IncomingMessage['headers'] }[];
}

/** An HTTP server that answers as it is told, or drops the connection where that is nothing. */
export async function fakeTempo(answer: (url: URL) => Answer | undefined): Promise<FakeTempo> {
  const asked: { url: URL; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tempo');
    asked.push({ url, headers: request.headers });
    const found = answer(url);
    if (found === undefined) request.socket.destroy();
    else response.writeHead(found.status ?? 200, { 'content-type': 'application/json' }).end(found.body);
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** What a real Tempo 2.6 has answered about the known shop. */
export function recorded(name: string): string {
  return readFileSync(resolve(import.meta.dirname, `../../../fixtures/backends/tempo/${name}.json`), 'utf8');
}

/** Around everything that was recorded. */
export const recordedIn = { from: Date.UTC(2026, 10, 24, 18), to: Date.UTC(2026, 10, 24, 19) };

/** Answers with what was recorded. */
export function recordedTempo(): Promise<FakeTempo> {
  return fakeTempo((url) => {
    const query = url.searchParams.get('q') ?? '';
    if (url.pathname.endsWith('/api/search')) {
      return { body: recorded(query.includes('exception') ? 'exceptions' : 'search') };
    }
    if (url.pathname.endsWith('/api/status/buildinfo')) return { body: recorded('buildinfo') };
    if (url.pathname.includes('/api/v2/traces/')) {
      return { body: recorded(url.pathname.endsWith('f'.repeat(32)) ? 'no-trace' : 'trace') };
    }
    if (query.includes('count_over_time')) return { body: recorded('count') };
    return { status: 400, body: 'compiling query: parse error at line 1, col 85: syntax error: unexpected IDENTIFIER' };
  });
}
