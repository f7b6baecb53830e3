// What is expected here was observed on k6 2.2.0.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { HttpClient, type HttpSettings, type VuHttp } from '../../../orchestrator/load/embedded/http/index.ts';
import { requestText, type WireParams, type WireReply } from '../../../orchestrator/load/embedded/k6/http/wire.ts';
import type { Sample } from '../../../orchestrator/load/embedded/metrics/samples.ts';
import { httpSettings, httpEcho } from '../../support/http-echo.ts';

const settings = httpSettings;

interface Answer extends WireReply {
  readonly status: number;
  /** There is something to warn of. */
  readonly marked: boolean;
  readonly text: string;
}

type Send = (method: string, url: string, params?: WireParams, body?: string) => Promise<Answer>;

interface Visitor {
  readonly send: Send;
  readonly samples: Sample[];
  readonly vu: VuHttp;
  readonly stop: AbortController;
}

function visitor(changes: Partial<HttpSettings> = {}): Visitor {
  const samples: Sample[] = [];
  const vu = new HttpClient({ ...settings, ...changes }).forVu({
    emit: (more) => samples.push(...more),
    answered: () => undefined,
  });
  const stop = new AbortController();
  vu.begin(stop.signal);
  const operation = vu.operations['http.send'] as (text: string) => Promise<string>;
  const send: Send = async (method, url, params, body = '') =>
    answerOf(await operation(requestText(method, url, '{"group":""}', { params, body })));
  return { send, samples, vu, stop };
}

function answerOf(reply: string): Answer {
  const [first = '', meta = '{}', ...body] = reply.split('\n');
  const [, mark, status] = /^(!?)(\d{1,3})$/.exec(first) ?? [];
  return { ...(JSON.parse(meta) as WireReply), marked: mark === '!', status: Number(status), text: body.join('\n') };
}

const counted = (samples: readonly Sample[], metric: string): [number, Sample['tags']][] =>
  samples.filter((one) => one.metric === metric).map(({ value, tags }) => [value, tags]);

const redirectTo =
  (location: string, code = 302) =>
  (_: unknown, response: ServerResponse): void =>
    void response.writeHead(code, { location, 'set-cookie': 'hop=1; Path=/' }).end('moved');

test('a request is nine samples with the tags that k6 gives them, one object for equal tags', async () => {
  await using server = await httpEcho();
  const { send, samples } = visitor();
  const answer = await send('GET', `${server.url}/x`);
  await send('GET', `${server.url}/x`);
  expect([answer.status, answer.statusText, answer.proto, answer.ip]).toEqual([200, '200 OK', 'HTTP/1.1', '127.0.0.1']);
  expect(samples.slice(0, 9).map(({ metric }) => metric)).toEqual([
    'http_reqs',
    'http_req_duration',
    'http_req_blocked',
    'http_req_connecting',
    'http_req_tls_handshaking',
    'http_req_sending',
    'http_req_waiting',
    'http_req_receiving',
    'http_req_failed',
  ]);
  const url = `${server.url}/x`;
  expect(samples[0]?.tags).toEqual({
    group: '',
    method: 'GET',
    name: url,
    url,
    status: '200',
    proto: 'HTTP/1.1',
    expected_response: 'true',
  });
  expect(samples.every(({ tags }) => tags === samples[0]?.tags)).toBe(true);
  expect(server.connections).toBe(1);
});

test('each redirect is a request of its own; its cookies go on, its body only where the status says so', async () => {
  await using server = await httpEcho({
    '/a': redirectTo('/b'),
    '/b': redirectTo('/c', 303),
    '/kept': redirectTo('/c', 307),
  });
  const { send, samples } = visitor();
  const answer = await send('POST', `${server.url}/a`, { body: 'text', headers: { 'Content-Type': 'x/y' } }, 'body');
  expect(counted(samples, 'http_reqs').map(([, tags]) => [tags['method'], tags['status'], tags['url']])).toEqual([
    ['POST', '302', `${server.url}/a`],
    ['GET', '303', `${server.url}/b`],
    ['GET', '200', `${server.url}/c`],
  ]);
  const told = JSON.parse(answer.text) as { body: string; headers: Record<string, string> };
  expect([
    answer.url,
    told.body,
    told.headers['cookie'],
    told.headers['content-type'],
    told.headers['referer'],
  ]).toEqual([`${server.url}/c`, '', 'hop=1', undefined, `${server.url}/b`]);
  expect(JSON.parse((await send('POST', `${server.url}/kept`, { body: 'text' }, 'body')).text)).toMatchObject({
    method: 'POST',
    body: 'body',
  });
});

test('redirects end where the script says; ten are followed where it says nothing, with a warning', async () => {
  await using server = await httpEcho({ '/loop': redirectTo('/loop') });
  const { send, samples } = visitor();
  const limited = await send('GET', `${server.url}/loop`, { redirects: 2 });
  expect(limited).toMatchObject({ status: 302, text: 'moved', marked: false });
  expect([limited.warning, counted(samples, 'http_reqs').length]).toEqual([undefined, 3]);
  const unlimited = await send('GET', `${server.url}/loop`);
  expect(unlimited).toMatchObject({ status: 302, marked: true });
  expect(unlimited.warning?.message).toMatch(/^11 redirects are enough/);
});

test('what has no answer has an error and a code of k6', async () => {
  await using server = await httpEcho({
    '/hang': () => undefined,
    '/drop': ({ socket }) => socket.destroy(),
    '/reset': ({ socket }) => socket.resetAndDestroy(),
    '/half': ({ socket }, response) => {
      response.setHeader('content-length', 100).write('half');
      setTimeout(() => socket.destroy(), 20);
    },
    '/nowhere': redirectTo('http://%zz'),
    '/garbage': (_, response) => void response.setHeader('content-encoding', 'gzip').end('no gzip at all'),
    '/missing': (_, response) => void response.writeHead(404).end(),
  });
  const { send, samples } = visitor();
  const failure = async (url: string, params?: WireParams): Promise<unknown[]> => {
    const { status, error, errorCode } = await send('GET', url, params);
    return [status, errorCode, error];
  };
  expect(await failure(`${server.url}/hang`, { timeoutMs: 50 })).toEqual([0, 1050, 'request timeout']);
  expect(await failure(`${server.url}/drop`)).toEqual([0, 1000, 'EOF']);
  expect(await failure(`${server.url}/reset`)).toEqual([0, 1220, 'read: connection reset by peer']);
  expect(await failure(`${server.url}/half`)).toEqual([0, 1000, 'unexpected EOF']);
  expect(await failure(`${server.url}/nowhere`)).toEqual([
    0,
    1000,
    expect.stringContaining('failed to parse Location'),
  ]);
  expect(await failure(`${server.url}/garbage`)).toEqual([0, 1701, expect.stringContaining('gzip: invalid header')]);
  expect(await failure(`${server.url}/missing`)).toEqual([404, 1404, undefined]);
  expect(await failure('http://127.0.0.1:1/')).toEqual([0, 1212, 'dial: connection refused']);
  expect(await failure('ftp://127.0.0.1/')).toEqual([0, 1000, 'unsupported protocol scheme "ftp"']);
  samples.length = 0;
  expect(await failure('http://host:port/')).toEqual([
    0,
    1020,
    expect.stringContaining('invalid port ":port" after host'),
  ]);
  expect(samples).toEqual([]);
});

test('failures are thrown where the script wants it, with the text that k6 throws', async () => {
  const { send } = visitor({ throw: true });
  await expect(send('GET', 'http://127.0.0.1:1/')).rejects.toMatchObject({
    name: 'GoError',
    message: 'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
  });
  expect((await send('GET', 'http://127.0.0.1:1/', { throw: false })).status).toBe(0);
});

test('http_req_failed follows the statuses that are expected, and is not counted where none are', async () => {
  await using server = await httpEcho({ '/missing': (_, response) => void response.writeHead(404).end() });
  const { send, samples } = visitor();
  await send('GET', `${server.url}/missing`);
  await send('GET', `${server.url}/missing`, { expected: [[404, 404]] });
  await send('GET', `${server.url}/missing`, { expected: null });
  expect(counted(samples, 'http_req_failed').map(([value]) => value)).toEqual([1, 0]);
  expect(counted(samples, 'http_reqs').map(([, tags]) => tags['expected_response'])).toEqual([
    'false',
    'true',
    undefined,
  ]);
});

test('names: of the script, of a template, of a URL without its credentials', async () => {
  await using server = await httpEcho();
  const { send, samples } = visitor();
  await send('GET', `${server.url}/1`, { name: 'http://host/${}' });
  const secret = server.url.replace('http://', 'http://user:secret@');
  const told = await send('GET', secret);
  const names = counted(samples, 'http_reqs').map(([, tags]) => [tags['name'], tags['url']]);
  expect(names).toEqual([
    ['http://host/${}', 'http://host/${}'],
    [secret.replace('user:secret', '****:****'), secret.replace('user:secret', '****:****')],
  ]);
  expect(told.text).toContain(`Basic ${Buffer.from('user:secret').toString('base64')}`);
});

test('cookies are kept for the virtual user until its next iteration, and sent with its own', async () => {
  await using server = await httpEcho({
    '/set': (_, response) => void response.setHeader('set-cookie', ['a=1; Path=/', 'b="x y"; Path=/']).end(),
  });
  const { send, vu, stop } = visitor();
  const sent = async (params?: WireParams): Promise<unknown> =>
    (JSON.parse((await send('GET', `${server.url}/`, params)).text) as { headers: Record<string, string> }).headers[
      'cookie'
    ];
  await send('GET', `${server.url}/set`);
  expect(await sent()).toBe('a=1; b="x y"');
  expect(await sent({ cookies: { a: { value: '2', replace: true }, c: { value: '3', replace: false } } })).toBe(
    'a=2; c=3; b="x y"',
  );
  vu.begin(stop.signal);
  expect(await sent()).toBeUndefined();
});

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

test('digest: the answer that asks for it is expected, and the second request has the right hash', async () => {
  await using server = await httpEcho({
    '/secret': (request, response) => {
      const sent = request.headers.authorization ?? '';
      const field = (name: string): string => new RegExp(`${name}="?([^",]+)`).exec(sent)?.[1] ?? '';
      const wanted = md5(`${md5('me:here:word')}:abc:${field('nc')}:${field('cnonce')}:auth:${md5('GET:/secret?x=1')}`);
      if (sent.startsWith('Digest')) response.end(field('response') === wanted ? 'welcome' : 'wrong');
      else response.writeHead(401, { 'www-authenticate': 'Digest realm="here", qop="auth", nonce="abc"' }).end();
    },
  });
  const { send, samples } = visitor();
  const url = `${server.url.replace('//', '//me:word@')}/secret?x=1`;
  expect((await send('GET', url, { auth: 'digest' })).text).toBe('welcome');
  expect(counted(samples, 'http_req_failed').map(([value, tags]) => [value, tags['status']])).toEqual([
    [0, '401'],
    [0, '200'],
  ]);
});

test('bodies are compressed and decompressed; discarded ones are null', async () => {
  await using server = await httpEcho({
    '/zip': (_, response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync('plain')),
  });
  const { send } = visitor();
  expect((await send('GET', `${server.url}/zip`)).text).toBe('plain');
  expect(await send('GET', `${server.url}/zip`, { responseType: 'none' })).toMatchObject({
    status: 200,
    body: 'null',
    text: '',
  });
  const binary = await send('GET', `${server.url}/zip`, { responseType: 'binary' });
  expect([binary.body, binary.text]).toEqual(['base64', Buffer.from('plain').toString('base64')]);
  const told = JSON.parse(
    (await send('POST', server.url, { body: 'text', compression: ['gzip'] }, 'x')).text,
  ) as object;
  expect(told).toMatchObject({ headers: { 'content-encoding': 'gzip' } });
});

test('an idempotent request is repeated on a new connection where the old one was closed while idle', async () => {
  let answers = 0;
  await using server = await httpEcho({
    '/': ({ socket }, response) => {
      answers += 1;
      if (answers === 2) socket.destroy();
      else response.end('there');
    },
  });
  const { send, samples } = visitor();
  await send('GET', server.url);
  expect((await send('GET', server.url)).text).toBe('there');
  expect([answers, server.connections, counted(samples, 'http_reqs').length]).toEqual([3, 2, 2]);
});

test('connections: new ones for each request where reuse is off; other addresses where hosts says so', async () => {
  await using server = await httpEcho();
  const { send } = visitor({
    noConnectionReuse: true,
    hosts: { 'shop.test': '127.0.0.1', '*.alias.test': '127.0.0.1' },
  });
  const port = new URL(server.url).port;
  for (const host of ['shop.test', 'a.alias.test']) {
    const told = await send('GET', `http://${host}:${port}/`);
    expect(JSON.parse(told.text)).toMatchObject({ headers: { host: `${host}:${port}`, connection: 'close' } });
  }
  expect(server.connections).toBe(2);
});

test('a batch keeps to its limits, and gives the answers in the order of the requests', async () => {
  let now = 0;
  let most = 0;
  await using server = await httpEcho({
    '/slow': ({ url }, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end(url);
      }, 20);
    },
  });
  const { vu } = visitor({ batch: 5, batchPerHost: 2 });
  const batch = vu.operations['http.batch'] as (texts: readonly string[]) => Promise<string[]>;
  const texts = Array.from({ length: 6 }, (_, at) => requestText('GET', `${server.url}/slow?${at}`, ''));
  expect((await batch(texts)).map((reply) => answerOf(reply).text)).toEqual(texts.map((_, at) => `/slow?${at}`));
  expect(most).toBe(2);
});

test('what is on its way when the call is interrupted is rejected, and is no sample', async () => {
  await using server = await httpEcho({ '/hang': () => undefined });
  const { send, samples, stop } = visitor();
  const waiting = send('GET', `${server.url}/hang`);
  setTimeout(() => stop.abort(), 20);
  await expect(waiting).rejects.toMatchObject({ name: 'Interrupted' });
  expect(samples).toEqual([]);
});

test('what the client cannot do is refused', async () => {
  const { send } = visitor();
  await expect(send('GET', 'http://127.0.0.1:1/', { auth: 'ntlm' })).rejects.toMatchObject({ name: 'NotPlayed' });
  const upgrade = send('GET', 'http://127.0.0.1:1/', { headers: { upgrade: 'h2c' } });
  await expect(upgrade).rejects.toMatchObject({ name: 'NotPlayed' });
});
