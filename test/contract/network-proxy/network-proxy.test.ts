import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createApi } from '../../../orchestrator/runtime/network-proxy/api.ts';

interface Subject {
  readonly apiUrl: string;
  stop(): Promise<void>;
}

async function startOwn(): Promise<Subject> {
  const server = createApi().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startToxiproxy(binary: string): Promise<Subject> {
  const port = await freePort();
  const child = spawn(binary, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  const apiUrl = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${apiUrl}/version`), { interval: 25, timeout: 5000 });
  return {
    apiUrl,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const subjects: Record<string, () => Promise<Subject>> = { 'the network proxy': startOwn };
const binary = process.env['SHOWRUNNER_TOXIPROXY'];
if (binary) subjects['Toxiproxy itself'] = () => startToxiproxy(binary);

describe.each(Object.entries(subjects))('%s, driven by toxiproxy-node-client', (name, start) => {
  let subject: Subject;
  let client: Toxiproxy;
  let echo: Server;
  let upstream: string;
  const open: Socket[] = [];

  beforeAll(async () => {
    subject = await start();
    client = new Toxiproxy(subject.apiUrl);
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    for (const proxy of Object.values(await client.getAll())) await proxy.remove();
  });
  afterAll(async () => {
    await subject.stop();
    echo.close();
  });

  const link = (proxyName = 'payment->bank') =>
    client.createProxy({ name: proxyName, listen: '127.0.0.1:0', upstream });
  const dial = async (listen: string): Promise<Socket> => {
    const socket = connect(Number(listen.split(':').at(-1)), '127.0.0.1');
    socket.on('error', () => undefined);
    open.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  test('passes bytes both ways through a proxy named like a link', async () => {
    const proxy = await link();
    expect(proxy).toMatchObject({ name: 'payment->bank', enabled: true, upstream });
    expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
    expect((await client.get('payment->bank')).listen).toBe(proxy.listen);
    expect(Object.keys(await client.getAll())).toEqual(['payment->bank']);
    expect(await roundTrip(await dial(proxy.listen), 3_000_000)).toBeLessThan(2000);
  });

  test('latency delays new and open connections, can be changed, and is gone once removed', async () => {
    const proxy = await link();
    const socket = await dial(proxy.listen);
    expect(await roundTrip(socket)).toBeLessThan(60);
    const toxic = await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 100, jitter: 0 },
    });
    for (const each of [socket, await dial(proxy.listen)]) {
      const delayed = await roundTrip(each);
      expect(delayed).toBeGreaterThanOrEqual(98);
      expect(delayed).toBeLessThan(190);
    }
    const changed = await toxic.update({ attributes: { latency: 200, jitter: 0 } } as never);
    expect(changed.attributes).toEqual({ latency: 200, jitter: 0 });
    expect(await roundTrip(socket)).toBeGreaterThanOrEqual(198);
    await toxic.remove();
    expect(await roundTrip(socket)).toBeLessThan(60);
  });

  test('what latency holds back is not lost when it is removed', async () => {
    const proxy = await link();
    const socket = await dial(proxy.listen);
    const toxic = await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 30_000, jitter: 0 },
    });
    const answer = roundTrip(socket, 5000);
    await sleep(50);
    await toxic.remove();
    expect(await answer).toBeLessThan(2000);
  });

  test('jitter never changes the order of the bytes', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'j',
      type: 'latency',
      stream: 'upstream',
      toxicity: 1,
      attributes: { latency: 10, jitter: 10 },
    });
    const socket = await dial(proxy.listen);
    const sent = Array.from({ length: 20 }, (_, index) => `${index};`);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const piece of sent) {
      socket.write(piece);
      await sleep(2);
    }
    await expect.poll(() => received, { timeout: 3000 }).toBe(sent.join(''));
  });

  test('bandwidth lets the given kilobytes a second through', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'narrow',
      type: 'bandwidth',
      stream: 'downstream',
      toxicity: 1,
      attributes: { rate: 100 },
    });
    const took = await roundTrip(await dial(proxy.listen), 50_000);
    expect(took).toBeGreaterThan(400);
    expect(took).toBeLessThan(900);
  });

  test('timeout swallows data and then closes the connection', async () => {
    const proxy = await link();
    await proxy.addToxic({ name: 't', type: 'timeout', stream: 'upstream', toxicity: 1, attributes: { timeout: 100 } });
    const socket = await dial(proxy.listen);
    await expect(roundTrip(socket)).rejects.toThrow('closed');
  });

  test('timeout 0 hangs until it is removed, then the connection closes', async () => {
    const proxy = await link();
    const toxic = await proxy.addToxic({
      name: 't',
      type: 'timeout',
      stream: 'downstream',
      toxicity: 1,
      attributes: { timeout: 0 },
    });
    const socket = await dial(proxy.listen);
    const answer = roundTrip(socket);
    const outcome = answer.catch((error: Error) => error.message);
    expect(await Promise.race([outcome, sleep(200, 'hangs')])).toBe('hangs');
    await toxic.remove();
    expect(await outcome).toBe('closed');
  });

  test('reset_peer resets the connection', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'r',
      type: 'reset_peer',
      stream: 'downstream',
      toxicity: 1,
      attributes: { timeout: 0 },
    });
    const socket = await dial(proxy.listen);
    socket.write('x');
    await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('limit_data closes after the given bytes', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'l',
      type: 'limit_data',
      stream: 'downstream',
      toxicity: 1,
      attributes: { bytes: 10 } as never,
    });
    const socket = await dial(proxy.listen);
    socket.write('0123456789abcdef');
    expect(await text(socket)).toBe('0123456789');
  });

  test('slow_close delays the end of the stream', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 's',
      type: 'slow_close',
      stream: 'upstream',
      toxicity: 1,
      attributes: { delay: 150 },
    });
    const socket = await dial(proxy.listen);
    socket.resume();
    const from = performance.now();
    socket.end();
    await once(socket, 'close');
    expect(performance.now() - from).toBeGreaterThan(140);
  });

  test('toxicity 0 spares every connection', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 0,
      attributes: { latency: 5000, jitter: 0 },
    });
    expect(await roundTrip(await dial(proxy.listen))).toBeLessThan(100);
  });

  test('a disabled proxy drops its connections and refuses new ones until it is enabled at the same port', async () => {
    const proxy = await link();
    const { listen } = proxy;
    const socket = await dial(listen);
    const closed = once(socket, 'close');
    expect((await proxy.update({ enabled: false, listen, upstream })).enabled).toBe(false);
    await closed;
    await expect(dial(listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await proxy.update({ enabled: true, listen, upstream })).toMatchObject({ enabled: true, listen });
    await roundTrip(await dial(listen));
  });

  test('reset enables every proxy and removes every toxic', async () => {
    const proxy = await link();
    await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 1000, jitter: 0 },
    });
    await proxy.update({ enabled: false, listen: proxy.listen, upstream });
    await client.reset();
    expect(await roundTrip(await dial(proxy.listen))).toBeLessThan(100);
    expect(await call('GET', '/proxies/payment-%3Ebank/toxics')).toMatchObject({ status: 200, body: [] });
  });

  test('populate creates many proxies and leaves equal ones alone', async () => {
    const wanted = [
      { name: 'a->b', listen: '127.0.0.1:0', upstream },
      { name: 'b->c', listen: '127.0.0.1:0', upstream },
    ];
    const first = await client.populate(wanted);
    expect(Object.keys(first)).toEqual(['a->b', 'b->c']);
    const socket = await dial(first['a->b']?.listen ?? '');
    const again = await client.populate([{ name: 'a->b', listen: first['a->b']?.listen, upstream }] as never);
    expect(again['a->b']?.listen).toBe(first['a->b']?.listen);
    await roundTrip(socket);
  });

  test('a dead upstream closes the client', async () => {
    const proxy = await client.createProxy({
      name: 'dead',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${await freePort()}`,
    });
    await expect(roundTrip(await dial(proxy.listen))).rejects.toThrow('closed');
  });

  test('a slow reader slows its sender down instead of filling the memory', async () => {
    const source = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      const chunk = Buffer.alloc(1 << 20);
      const pump = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', pump);
      pump();
    }).listen(0, '127.0.0.1');
    await once(source, 'listening');
    const sockets: Socket[] = [];
    source.on('connection', (socket) => sockets.push(socket));
    const proxy = await client.createProxy({
      name: 'flood',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${(source.address() as AddressInfo).port}`,
    });
    await dial(proxy.listen);
    await sleep(400);
    const sent = sockets[0]?.bytesWritten ?? 0;
    await sleep(200);
    expect(sockets[0]?.bytesWritten).toBe(sent);
    expect(sent).toBeLessThan(64 << 20);
    source.close();
    for (const socket of sockets) socket.destroy();
  });

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${subject.apiUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const said = await answer.text();
    return { status: answer.status, body: said ? (JSON.parse(said) as unknown) : undefined };
  };

  test('answers with the statuses and messages of Toxiproxy', async () => {
    await link('p');
    const toxic = { name: 't', type: 'latency', attributes: { latency: 1 } };
    expect(await call('POST', '/proxies/p/toxics', toxic)).toEqual({
      status: 200,
      body: { name: 't', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 1, jitter: 0 } },
    });
    const refusals: [string, string, unknown, number, string][] = [
      ['GET', '/proxies/none', undefined, 404, 'proxy not found'],
      ['POST', '/proxies', { name: 'p', upstream }, 409, 'proxy already exists'],
      ['POST', '/proxies', { upstream }, 400, 'missing required field'],
      ['POST', '/proxies', { name: 'x' }, 400, 'missing required field'],
      ['POST', '/proxies', '{', 400, 'bad request body'],
      ['POST', '/proxies/p/toxics', toxic, 409, 'toxic already exists'],
      ['POST', '/proxies/p/toxics', { type: 'flood' }, 400, 'invalid toxic type'],
      [
        'POST',
        '/proxies/p/toxics',
        { type: 'latency', stream: 'sideways' },
        400,
        'stream was invalid, can be either upstream or downstream',
      ],
      [
        'POST',
        '/proxies/p/toxics',
        { type: 'latency', name: 'u', attributes: { latency: 'much' } },
        400,
        'bad request body',
      ],
      ['GET', '/proxies/p/toxics/none', undefined, 404, 'toxic not found'],
      ['POST', '/proxies/p/toxics/none', {}, 404, 'toxic not found'],
      ['DELETE', '/proxies/p/toxics/none', undefined, 404, 'toxic not found'],
      ['DELETE', '/proxies/none', undefined, 404, 'proxy not found'],
    ];
    for (const [method, path, body, status, message] of refusals) {
      const answer = await call(method, path, body);
      expect(answer, `${method} ${path} ${JSON.stringify(body)}`).toMatchObject({ status, body: { status } });
      expect((answer.body as { error: string }).error).toContain(message);
    }
    expect(await call('DELETE', '/proxies/p/toxics/t')).toEqual({ status: 204, body: undefined });
    expect(await call('PATCH', '/proxies/p', { enabled: false })).toMatchObject({
      status: 200,
      body: { enabled: false, toxics: [] },
    });
    expect(await call('DELETE', '/proxies/p')).toEqual({ status: 204, body: undefined });
    expect(await call('POST', '/reset')).toEqual({ status: 204, body: undefined });
    expect(JSON.parse(await client.getVersion())).toEqual({ version: expect.any(String) as string });
  });

  // Toxiproxy closes both directions at the first FIN; keeping the other one open is ours alone.
  if (name === 'the network proxy') {
    test('a held upstream gets no new connection until the hold ends, and open ones go on', async () => {
      const proxy = await link();
      const before = await dial(proxy.listen);
      await roundTrip(before);
      expect(await call('POST', `/holds/${upstream}`)).toMatchObject({ status: 204 });
      const held = roundTrip(await dial(proxy.listen));
      await roundTrip(before);
      expect(await Promise.race([held, sleep(100, 'held')])).toBe('held');
      expect(await call('DELETE', `/holds/${upstream}`)).toMatchObject({ status: 204 });
      await held;
    });

    test('a half-closed connection still receives its answer', async () => {
      const late = createServer({ allowHalfOpen: true }, (socket) => {
        socket.resume().on('end', () => socket.end('after your end'));
      }).listen(0, '127.0.0.1');
      await once(late, 'listening');
      const proxy = await client.createProxy({
        name: 'half',
        listen: '127.0.0.1:0',
        upstream: `127.0.0.1:${(late.address() as AddressInfo).port}`,
      });
      const socket = connect({ port: Number(proxy.listen.split(':')[1]), host: '127.0.0.1', allowHalfOpen: true });
      open.push(socket);
      socket.end('question');
      expect(await text(socket)).toBe('after your end');
      late.close();
    });
  }
});

/** Milliseconds until the echo of `size` bytes is back. */
async function roundTrip(socket: Socket, size = 1): Promise<number> {
  const from = performance.now();
  let missing = size;
  const back = new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      missing -= chunk.length;
      if (missing <= 0) {
        socket.off('data', take);
        resolve();
      }
    };
    socket.on('data', take);
    socket.once('close', () => reject(new Error('closed')));
  });
  socket.write(Buffer.alloc(size, 'x'));
  await back;
  return performance.now() - from;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
