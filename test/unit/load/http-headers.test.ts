// How headers come off the wire, before a script sees them; `é` is two bytes there.
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { HttpClient, type HttpSettings } from '../../../orchestrator/load/embedded/http/index.ts';
import { requestText, type WireReply } from '../../../orchestrator/load/embedded/k6/http/wire.ts';
import { httpSettings } from '../../support/http-echo.ts';
import { testCertificate } from '../../support/test-certificate.ts';

async function get(url: string, changes: Partial<HttpSettings> = {}): Promise<WireReply> {
  const client = new HttpClient({ ...httpSettings, ...changes });
  const vu = client.forVu({ emit: () => undefined, answered: () => undefined });
  vu.begin(new AbortController().signal);
  const send = vu.operations['http.send'] as (text: string) => Promise<string>;
  const [, meta = ''] = (await send(requestText('GET', url, '{}'))).split('\n');
  client.close();
  return JSON.parse(meta) as WireReply;
}

/** Answers each request with the next of these texts. */
async function answering(...answers: readonly string[]): Promise<{ url: string; asked: string[] } & AsyncDisposable> {
  const asked: string[] = [];
  const server = createServer((socket) =>
    socket.on('data', (data) => socket.write(answers[asked.push(data.toString().split('\r\n')[0] ?? '') - 1] ?? '')),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, [Symbol.asyncDispose]: close };
}

test('HTTP/1.1: UTF-8, several of one name, names that objects have already, names as Go writes them', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n';
  const headers =
    'x-ACCENT: é\r\nSet-Cookie: a=1\r\nx-b: 1\r\nset-cookie: b=2\r\nX-B: 2\r\n__proto__: p\r\nConstructor: c';
  await using server = await answering(`${early}HTTP/1.1 200 Fine\r\n${headers}\r\nContent-Length: 0\r\n\r\n`);
  const reply = await get(server.url);
  expect(reply.statusText).toBe('200 Fine');
  expect(reply.headers.join('|')).toBe(
    'X-Accent|é|Set-Cookie|a=1|Set-Cookie|b=2|X-B|1|X-B|2|__proto__|p|Constructor|c|Content-Length|0',
  );
});

test('a redirect goes to the path that its UTF-8 stands for', async () => {
  await using server = await answering(
    'HTTP/1.1 302 Found\r\nLocation: /caf\u00E9\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
  );
  expect((await get(server.url)).url).toBe(`${server.url}/caf%C3%A9`);
  expect(server.asked[1]).toBe('GET /caf%C3%A9 HTTP/1.1');
});

test('HTTP/2 over TLS: the same', async () => {
  const server = createSecureServer(testCertificate);
  server.on('stream', (stream) => {
    const headers = { ':status': 200, 'x-accent': Buffer.from('é').toString('latin1'), 'set-cookie': ['a=1', 'b=2'] };
    stream.respond(headers, { sendDate: false } as never);
    stream.end('there');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const reply = await get(url, { insecureSkipTLSVerify: true });
    expect(reply).toMatchObject({
      proto: 'HTTP/2.0',
      statusText: '200 OK',
      tlsVersion: 'tls1.3',
    });
    const named = reply.headers
      .map((_, at) => reply.headers.slice(at, at + 2).join('='))
      .filter((_, at) => at % 2 === 0);
    expect(named.filter((one) => !one.startsWith('Date='))).toEqual(['X-Accent=é', 'Set-Cookie=a=1', 'Set-Cookie=b=2']);
    expect(await get(url)).toMatchObject({ errorCode: 1310, proto: '' });
  } finally {
    server.close();
  }
});
