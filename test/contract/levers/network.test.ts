import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToxiproxyLever } from '../../../orchestrator/faults/levers/toxiproxy-lever.ts';
import type { NetworkLever } from '../../../orchestrator/faults/levers/network.ts';
import { createApi } from '../../../orchestrator/runtime/network-proxy/api.ts';

const link = 'payment->bank';
const servers: Server[] = [];
let apiUrl: string;
let lever: NetworkLever;

async function listening(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const bank = await listening(createServer((_request, response) => response.end('{"status":"ok"}')));
  apiUrl = `http://${await listening(createApi())}`;
  const created = await fetch(`${apiUrl}/proxies`, {
    method: 'POST',
    body: JSON.stringify({ name: link, listen: '127.0.0.1:0', upstream: bank }),
  });
  expect(created.status).toBe(201);
  const { listen } = (await created.json()) as { listen: string };
  lever = createToxiproxyLever({ apiUrl, addressOf: () => listen });
  // The first request of a process pays for what it loads.
  await lever.roundTrip(link);
});

afterAll(async () => {
  await fetch(`${apiUrl}/proxies/${encodeURIComponent(link)}`, { method: 'DELETE' });
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test('a delay is listed by the proxy, is felt on the wire, and is gone after its undo', async () => {
  expect(await lever.roundTrip(link)).toBeLessThan(400);
  const undo = await lever.delay(link, 900, 50);
  expect(await lever.toxics(link)).toMatchObject([
    { type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 900, jitter: 50 } },
  ]);
  expect(await lever.roundTrip(link)).toBeGreaterThan(840);
  await undo();
  await undo();
  expect(await lever.toxics(link)).toEqual([]);
  expect(await lever.roundTrip(link)).toBeLessThan(400);
});

test('a share of the connections is the toxic’s toxicity', async () => {
  const undo = await lever.delay(link, 300, 0, 0.4);
  expect(await lever.toxics(link)).toMatchObject([{ toxicity: 0.4 }]);
  await undo();
});

test('a second delay on the same link is refused, and the first stays', async () => {
  const undo = await lever.delay(link, 10, 0);
  await expect(lever.delay(link, 20, 0)).rejects.toThrow('409');
  expect(await lever.toxics(link)).toHaveLength(1);
  await undo();
});

test('a link whose end takes connections and never answers is an error after the time given', async () => {
  const silent = await listening(createServer(() => undefined));
  const created = await fetch(`${apiUrl}/proxies`, {
    method: 'POST',
    body: JSON.stringify({ name: 'checkout->silent', listen: '127.0.0.1:0', upstream: silent }),
  });
  const { listen } = (await created.json()) as { listen: string };
  const toSilent = createToxiproxyLever({ apiUrl, addressOf: () => listen });
  await expect(toSilent.roundTrip('checkout->silent', 200)).rejects.toThrow('no answer within 200 ms');
  await fetch(`${apiUrl}/proxies/${encodeURIComponent('checkout->silent')}`, { method: 'DELETE' });
});

test('a link that is not there is an error, not an empty list', async () => {
  await expect(lever.delay('cart->moon', 10, 0)).rejects.toThrow('404');
  await expect(lever.toxics('cart->moon')).rejects.toThrow('404');
});
