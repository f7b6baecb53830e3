import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpClient } from '../../../orchestrator/backends/http.ts';
import { redactor } from '../../../orchestrator/backends/redactor.ts';
import { Secret } from '../../../orchestrator/backends/secret.ts';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The URL of a server that makes its answer of the `Authorization` that it is sent. */
async function echoing(answer: (authorization: string) => Answer): Promise<string> {
  const server = createServer(({ headers: { authorization = '' } }, response) => {
    const { status, body, headers } = answer(authorization);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function errorOf(url: string, authorization: string | Secret, path = '/api'): Promise<string> {
  const client = httpClient({ name: 'apm', url, headers: { authorization }, answerMs: 5000 });
  const error: unknown = await client.json(path).catch((thrown: unknown) => thrown);
  return `${String(error)} ${JSON.stringify(error)}`;
}

const token = 'glsa_0123456789';
const basic = `Basic ${Buffer.from('reader:pass"word:2').toString('base64')}`;
const credentialsOf = (authorization: string): string => authorization.split(' ')[1] ?? '';
const pairOf = (authorization: string): string => Buffer.from(credentialsOf(authorization), 'base64').toString();

test.each([
  ['whole', `Bearer ${token}`, (sent: string) => sent],
  ['without its scheme', `Bearer ${token}`, credentialsOf],
  [
    'without its scheme, behind more text than is shown',
    `Bearer ${token}`,
    (sent: string) => `${'x'.repeat(190)} ${credentialsOf(sent)}`,
  ],
  ['of Basic, not decoded', basic, credentialsOf],
  ['of Basic, decoded', basic, pairOf],
  ['of Basic, the password', basic, (sent: string) => pairOf(sent).replace('reader:', '')],
  ['of Basic, as JSON', basic, (sent: string) => JSON.stringify({ login: pairOf(sent) })],
])('a key that the server repeats is not told: %s', async (_, key, said) => {
  for (const status of [200, 401, 503]) {
    const url = await echoing((sent) => ({ status, body: `no: ${said(sent)}` }));
    for (const value of [key, new Secret(key)]) {
      const error = await errorOf(url, value);
      expect(error).toContain('apm ');
      expect(error).not.toMatch(/glsa|pass.{0,2}word|cmVhZGVy/);
    }
  }
});

test('nor is one in the address of a redirect', async () => {
  const url = await echoing((sent) => ({
    status: 302,
    body: '',
    headers: { location: `https://user:hunter2@login.test/${credentialsOf(sent)}?next=hunter2` },
  }));
  const error = await errorOf(url, `Bearer ${token}`);
  expect(error).toContain('a redirect to https://login.test/[secret]');
  expect(error).not.toMatch(/hunter2|glsa/);
});

test('the hint names where it asked, and no more of the URL', async () => {
  const url = await echoing(() => ({ status: 200, body: '<html>' }));
  const client = httpClient({ name: 'apm', url: `${url}/base?key=hunter2`, answerMs: 5000 });
  const error: unknown = await client.json('').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'backend-nonsense', hint: expect.stringContaining(`is ${url}/base the API`) });
  expect(JSON.stringify(error)).not.toContain('hunter2');
});

test('of a failure of TLS the code is told, on one line', async () => {
  const url = await echoing(() => ({ status: 200, body: '{}' }));
  const client = httpClient({ name: 'apm', url: url.replace('http:', 'https:'), answerMs: 5000 });
  await expect(client.json('/')).rejects.toMatchObject({
    code: 'backend-tls',
    message: expect.stringMatching(/^apm: no secure connection to https:\/\/127\.0\.0\.1:\d+ \([A-Z_]+\)$/),
  });
});

test('what tells nothing stays', () => {
  const redact = redactor({
    'Content-Type': 'application/json',
    accept: '*/*, text/html',
    'x-org': 'abc',
    tenant: 'shop-1',
  });
  expect(redact('application/json text/html abc shop-1')).toBe('application/json text/html abc [secret]');
});
