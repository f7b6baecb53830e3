import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** One request as the target got it. */
export interface Got {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** In lower case; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** One character per byte. */
  readonly body: string;
}

/** An HTTP server that answers like httpbin.org and remembers what it was asked. Listens on a free port of 127.0.0.1. */
export interface Target {
  readonly url: string;
  readonly got: readonly Got[];
  /** Connections that carried a request. */
  readonly connections: number;
  close(): Promise<void>;
}

interface Asked {
  readonly got: Got;
  readonly url: URL;
  readonly response: ServerResponse;
}

/** What answers the paths that begin with this word; `rest` is the path's other words. */
type Answer = (asked: Asked, ...rest: string[]) => unknown;

export async function startTarget(): Promise<Target> {
  const got: Got[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    void read(request).then((one) => {
      got.push(one);
      return answer({ got: one, url: new URL(one.path, 'http://target'), response });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    get connections() {
      return sockets.size;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  // A client that goes away in the middle is told from a whole request by its body alone.
  request.on('error', () => undefined);
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    chunks.push(Buffer.from('(cut off)'));
  }
  const headers = Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString('latin1'),
  };
}

async function answer(asked: Asked): Promise<void> {
  const [first = '', ...rest] = asked.url.pathname.split('/').slice(1).map(decodeURIComponent);
  const how = answers[first];
  if (how) await how(asked, ...rest);
  else json(asked.response, { error: 'not found' }, 404);
}

function send(response: ServerResponse, body: string | Buffer, headers: Record<string, string>, status = 200): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  response.end(bytes);
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  send(response, JSON.stringify(value), { 'content-type': 'application/json' }, status);
}

function redirect(response: ServerResponse, to: string, status = 302): void {
  response.setHeader('location', to);
  send(response, '', {}, status);
}

const cookiesOf = ({ got }: Asked): Record<string, string> =>
  Object.fromEntries(
    (got.headers['cookie'] ?? '')
      .split('; ')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );

const packed: Readonly<Record<string, (body: string) => Buffer>> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: (body) => zstdCompressSync(body),
};

function packedAnswer(coding: string): Answer {
  return ({ response }) =>
    send(response, packed[coding]!(JSON.stringify({ coding })), {
      'content-type': 'application/json',
      'content-encoding': coding,
    });
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Digest authentication of RFC 2617 with `qop=auth`. */
function digest({ got, response }: Asked, user = '', password = ''): void {
  const given = Object.fromEntries(
    [...(got.headers['authorization'] ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(
      ([, name, quoted, bare]) => [name, quoted ?? bare],
    ),
  ) as Record<string, string>;
  const wanted = md5(
    [
      md5(`${user}:target:${password}`),
      given['nonce'],
      given['nc'],
      given['cnonce'],
      given['qop'],
      md5(`${got.method}:${given['uri']}`),
    ].join(':'),
  );
  if (given['response'] === wanted) return json(response, { authenticated: true, user });
  response.setHeader('www-authenticate', 'Digest realm="target", qop="auth", nonce="0123456789abcdef", algorithm=MD5');
  return json(response, { authenticated: false }, 401);
}

function basic({ got, response }: Asked, user = '', password = ''): void {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (got.headers['authorization'] === wanted) return json(response, { authenticated: true, user });
  response.setHeader('www-authenticate', 'Basic realm="target"');
  return json(response, { authenticated: false }, 401);
}

const page = `<!doctype html>
<html lang="en"><head><title>The shop</title><meta name="description" content="cups &amp; plates"></head>
<body>
<h1 id="top" class="big blue">Welcome</h1>
<ul class="goods"><li data-price="3">cup</li><li data-price="5">plate</li><li data-price="9">pot</li></ul>
<p>First <b>bold</b> words</p><p>Second</p>
<a href="/get?from=page">more</a> <a href="/post">post</a>
<form action="/anything/form" method="post"><input type="hidden" name="token" value="t-1"><input name="user" value="anna">
<select name="size"><option value="s">S</option><option value="m" selected>M</option></select>
<textarea name="note">hello</textarea><input type="checkbox" name="gift" value="yes" checked><input type="submit" value="Send"></form>
</body></html>`;

const catalogue = {
  shop: 'cups & plates',
  open: true,
  rating: 4.5,
  none: null,
  owner: { name: { first: 'Anna', last: 'Berg' } },
  'dotted.key': 'dots',
  goods: [
    { name: 'cup', price: 3, tags: ['small', 'blue'] },
    { name: 'plate', price: 5, tags: ['flat'] },
    { name: 'pot', price: 9, tags: [] },
  ],
};

const echo: Answer = ({ got, url, response }) =>
  json(response, {
    method: got.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    type: got.headers['content-type'] ?? null,
    length: got.body.length,
    body: got.body,
  });

const answers: Readonly<Record<string, Answer>> = {
  get: echo,
  post: echo,
  anything: echo,
  headers: ({ got, response }) =>
    json(response, { headers: { ...got.headers, host: 'target', connection: undefined } }),
  status: ({ response }, code = '200') => json(response, { status: Number(code) }, Number(code)),
  delay: async ({ response }, ms = '0') => {
    await sleep(Number(ms));
    json(response, { delayed: Number(ms) });
  },
  // The head at once, the body after a while.
  slowbody: async ({ response }, ms = '0') => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '10' });
    response.write('first');
    await sleep(Number(ms));
    response.end('later');
  },
  redirect: ({ response }, times = '1') =>
    redirect(response, Number(times) > 1 ? `/redirect/${Number(times) - 1}` : '/get?redirected=yes'),
  'redirect-to': ({ url, response }) =>
    redirect(response, url.searchParams.get('to') ?? '/get', Number(url.searchParams.get('status') ?? 302)),
  cookies: (asked, what = '', name = '', value = '') => {
    if (what === '') return json(asked.response, { cookies: cookiesOf(asked) });
    const attributes = asked.url.searchParams.get('attributes');
    asked.response.setHeader('set-cookie', `${name}=${value}${attributes ? `; ${attributes}` : ''}`);
    return what === 'redirect' ? redirect(asked.response, '/cookies') : json(asked.response, { set: name });
  },
  'basic-auth': basic,
  'digest-auth': digest,
  gzip: packedAnswer('gzip'),
  deflate: packedAnswer('deflate'),
  br: packedAnswer('br'),
  zstd: packedAnswer('zstd'),
  bytes: ({ response }, count = '0') =>
    send(response, Buffer.from(Array.from({ length: Number(count) }, (_, i) => i % 256)), {
      'content-type': 'application/octet-stream',
    }),
  text: ({ response }) => send(response, 'héllo wörld ☕', { 'content-type': 'text/plain; charset=utf-8' }),
  page: ({ response }) => send(response, page, { 'content-type': 'text/html; charset=utf-8' }),
  catalogue: ({ response }) => json(response, catalogue),
  'not-json': ({ response }) => send(response, '{"broken": ', { 'content-type': 'application/json' }),
  // Several values of one header.
  twice: ({ response }) => {
    response.setHeader('x-twice', ['one', 'two']);
    response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/; HttpOnly']);
    json(response, {});
  },
  // Ends the connection without an answer.
  drop: ({ response }) => response.socket?.destroy(),
  hang: () => undefined,
};
