import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../orchestrator/backends/secret.ts';
import { createForwarder, type ForwarderOptions } from '../../../orchestrator/telemetry/forward/create-forwarder.ts';
import type { Destination } from '../../../orchestrator/telemetry/forward/destination.ts';
import type { Accepted, Forwarder } from '../../../orchestrator/telemetry/forward/forwarder.ts';
import { responseMessage, statusMessage } from '../../../orchestrator/telemetry/forward/messages.ts';
import { readRequest, writeRequest } from '../../../orchestrator/telemetry/forward/transcode.ts';
import type { Encoding, Signal } from '../../../orchestrator/telemetry/otlp/decode.ts';
import { Ids, tracesRequest } from '../../support/otlp-data.ts';
import { richLogs, richMetrics, richTraces } from '../../support/rich-otlp.ts';
import { type OtlpDestination, startOtlpDestination } from '../../support/otlp-destination.ts';

const ids = new Ids();
let backend: OtlpDestination;
let forwarder: Forwarder | undefined;
let closings: Forwarder[] = [];

beforeEach(async () => {
  backend = await startOtlpDestination();
});

afterEach(async () => {
  await Promise.all(closings.map((open) => open.close()));
  closings = [];
  forwarder = undefined;
  await backend.stop();
});

type Options = Partial<Omit<ForwarderOptions, 'destination'>> & { readonly destination?: Partial<Destination> };

function forward({ destination, ...options }: Options = {}): Forwarder {
  const urls = Object.fromEntries(
    ['traces', 'logs', 'metrics'].map((signal) => [signal, `${backend.url}/v1/${signal}`]),
  );
  forwarder = createForwarder({
    name: 'apm',
    closeMs: 200,
    ...options,
    destination: { urls, headers: {}, encoding: 'protobuf', gzip: true, maxRequestBytes: 6_000_000, ...destination },
  });
  closings.push(forwarder);
  return forwarder;
}

function accepted(
  signal: Signal,
  request: unknown,
  { encoding = 'protobuf', ...more }: Partial<Accepted> = {},
): Accepted {
  const json = Buffer.from(JSON.stringify(request));
  const body = encoding === 'json' ? json : writeRequest(signal, encoding, readRequest(signal, 'json', json));
  return { signal, encoding, body, records: 1, at: Date.now(), ...more };
}

/** A request with spans of these names. */
function spans(names: readonly string[], more: Partial<Accepted> & { padding?: number } = {}): Accepted {
  const { padding = 0, ...rest } = more;
  const request = tracesRequest(
    names.map((name) => ({
      service: 'cart',
      name,
      traceId: ids.trace(),
      spanId: ids.span(),
      startMs: 1_767_600_000_000,
      durationMs: 5,
      attributes: { padding: 'x'.repeat(padding) },
    })),
  );
  return accepted('traces', request, { records: names.length, ...rest });
}

/** As OTLP/JSON has it. */
function inJson(signal: Signal, encoding: Encoding, body: Buffer): unknown {
  return JSON.parse(writeRequest(signal, 'json', readRequest(signal, encoding, body)).toString('utf8'));
}

function namesIn(body: Buffer): readonly string[] {
  const { resourceSpans } = inJson('traces', 'protobuf', body) as {
    resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans.map(({ name }) => name)));
}

const arrived = (): readonly string[] => backend.requests.flatMap(({ body }) => namesIn(body));

async function until(met: () => boolean, withinMs = 10_000): Promise<void> {
  for (let left = withinMs; !met(); left -= 20) {
    if (left <= 0) throw new Error(`not within ${withinMs} ms: ${inspect(forwarder?.counts())} ${forwarder?.trouble}`);
    await sleep(20);
  }
}

const settled = (): boolean => forwarder?.counts().waiting === 0;

describe('what is forwarded', () => {
  test.each<readonly [Signal, unknown, number]>([
    ['traces', richTraces, 1],
    ['logs', richLogs, 1],
    ['metrics', richMetrics, 5],
  ])('%s arrive whole, in either encoding from either', async (signal, request, records) => {
    for (const encoding of ['protobuf', 'json'] as const) {
      const apm = forward({ destination: { encoding } });
      for (const from of ['json', 'protobuf'] as const)
        apm.take(accepted(signal, request, { encoding: from, records }));
      await until(settled);
      expect(apm.counts()).toEqual({ delivered: 2 * records, dropped: 0, waiting: 0 });
      expect(apm.trouble).toBeUndefined();
    }
    expect(new Set(backend.requests.map(({ path }) => path))).toEqual(new Set([`/v1/${signal}`]));
    const all = backend.requests.flatMap(({ headers, body }) => {
      const encoding = headers['content-type'] === 'application/json' ? 'json' : 'protobuf';
      return Object.values(inJson(signal, encoding, body) as object).flat() as unknown[];
    });
    const [only] = Object.values(request as object).flat() as unknown[];
    expect(all).toEqual([only, only, only, only]);
  });

  test('a signal that the backend does not want is not its', async () => {
    const apm = forward({ destination: { urls: { traces: `${backend.url}/v1/traces` } } });
    apm.take(accepted('logs', richLogs));
    expect(apm.counts()).toEqual({ delivered: 0, dropped: 0, waiting: 0 });
  });

  test('requests that wait are sent as one, within the limit', async () => {
    backend.answers.push({ afterMs: 100 });
    const apm = forward({ destination: { maxRequestBytes: 6_000_000 }, maxQueueBytes: 20_000_000 });
    const names = Array.from({ length: 60 }, (_, index) => `span ${index}`);
    for (const name of names) apm.take(spans([name], { padding: 200_000 }));
    await until(settled);
    expect(arrived()).toEqual(names);
    for (const { body } of backend.requests) expect(body.length).toBeLessThanOrEqual(6_000_000);
    expect(backend.requests.length).toBeLessThan(10);
  });

  test('headers are as the destination says, secrets in clear there and nowhere else', async () => {
    backend.answers.push({ status: 400, body: 'the key marker-secret is wrong' });
    const headers = { 'X-Scope-OrgID': 'shop', authorization: new Secret('Bearer marker-secret'), Accept: 'a/b' };
    const apm = forward({ destination: { headers, gzip: false } });
    apm.take(spans(['a']));
    await until(settled);
    expect(backend.requests[0]?.headers).toMatchObject({
      'x-scope-orgid': 'shop',
      authorization: 'Bearer marker-secret',
      accept: 'a/b',
      'content-type': 'application/x-protobuf',
    });
    expect(backend.requests[0]?.headers['content-encoding']).toBeUndefined();
    expect(apm.trouble).toBe(`${backend.url} answered 400: the key [secret] is wrong`);
    expect(inspect(apm, { depth: 9, showHidden: true }) + JSON.stringify(apm)).not.toContain('marker');
  });
});

describe('what is put off', () => {
  test.each([429, 502, 503, 504])('%i is sent again, after what Retry-After asks for', async (status) => {
    backend.answers.push({ status, headers: { 'retry-after': '1' } });
    const apm = forward();
    apm.take(spans(['a']));
    await until(() => apm.trouble !== undefined);
    expect(apm.trouble).toBe(`${backend.url} answered ${status}`);
    expect(apm.counts()).toEqual({ delivered: 0, dropped: 0, waiting: 1 });
    await until(settled);
    expect(apm.counts()).toEqual({ delivered: 1, dropped: 0, waiting: 0 });
    expect(apm.trouble).toBeUndefined();
    const [first, second] = backend.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
    expect(second?.body).toEqual(first?.body);
  });

  test('an outage loses nothing, and the order is kept', async () => {
    const apm = forward({ closeMs: 1000 });
    apm.take(spans(['0']));
    await until(settled);
    await backend.stop();
    const names = Array.from({ length: 30 }, (_, index) => `${index + 1}`);
    for (const name of names) {
      apm.take(spans([name]));
      await sleep(100);
    }
    expect(apm.counts()).toEqual({ delivered: 1, dropped: 0, waiting: 30 });
    expect(apm.trouble).toContain(`${backend.url} cannot be reached`);
    await backend.start();
    await until(settled);
    expect(arrived()).toEqual(['0', ...names]);
    expect(apm.counts()).toEqual({ delivered: 31, dropped: 0, waiting: 0 });
  });

  test('no answer in time is put off', async () => {
    backend.answers.push({ afterMs: 2000 });
    const apm = forward({ attemptMs: 300 });
    apm.take(spans(['a']));
    await until(() => apm.trouble !== undefined);
    expect(apm.trouble).toBe(`${backend.url} gave no answer within 300 ms`);
    await until(settled);
    expect(apm.counts().delivered).toBe(1);
  });

  test('a signal that is not taken holds up no other', async () => {
    const apm = forward({
      destination: { urls: { traces: `${backend.url}/v1/traces`, logs: 'http://127.0.0.1:9/v1/logs' } },
    });
    apm.take(accepted('logs', richLogs));
    apm.take(spans(['a']));
    await until(() => apm.counts().delivered === 1);
    expect(arrived()).toEqual(['a']);
    expect(apm.trouble).toContain('http://127.0.0.1:9 cannot be reached');
  });
});

const status = (message: string) => statusMessage.encode({ code: 3, message }).finish();

describe('what is lost', () => {
  test.each([
    [
      400,
      { headers: { 'content-type': 'application/x-protobuf' }, body: status('no  such\ntenant') },
      ': no such tenant',
    ],
    [
      401,
      { headers: { 'content-type': 'application/json' }, body: '{"code":16,"message":"who are you?"}' },
      ': who are you?',
    ],
    [404, { headers: { 'content-type': 'text/plain' }, body: '404 page not found' }, ': 404 page not found'],
    [500, { headers: { 'content-type': 'text/html' }, body: '<h1>oh</h1>' }, ''],
    [302, { headers: { location: '/login' } }, ': a redirect, which is not followed; write the URL it leads to'],
    [
      200,
      { headers: { 'content-type': 'text/html' }, body: '<h1>Log in</h1>' },
      ': a web page; is this the URL of an OTLP receiver?',
    ],
  ])('%i is final: dropped, counted and not sent again', async (code, answer, said) => {
    backend.answers.push({ status: code, ...answer });
    const apm = forward();
    apm.take(spans(['a', 'b']));
    await until(settled);
    expect(apm.trouble).toBe(`${backend.url} answered ${code}${said}`);
    apm.take(spans(['c']));
    await until(settled);
    expect(arrived()).toEqual(['a', 'b', 'c']);
    expect(apm.counts()).toEqual({ delivered: 1, dropped: 2, waiting: 0 });
    expect(apm.trouble).toBeUndefined();
    expect(apm.missing({ from: Date.now() - 5000, to: Date.now() })).toEqual({
      dropped: 2,
      waiting: 0,
      trouble: `${backend.url} answered ${code}${said}`,
    });
  });

  test.each([
    [
      'protobuf',
      responseMessage
        .encode(responseMessage.fromObject({ partialSuccess: { rejected: 2, errorMessage: 'too old' } }))
        .finish(),
    ],
    ['json', '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'],
  ] as const)('what a partial success in %s refuses is dropped and not sent again', async (encoding, body) => {
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
    backend.answers.push({ body, headers: { 'content-type': type } });
    const apm = forward({ destination: { encoding } });
    apm.take(spans(['a', 'b', 'c']));
    await until(settled);
    expect(apm.counts()).toEqual({ delivered: 1, dropped: 2, waiting: 0 });
    expect(apm.trouble).toBe(`${backend.url} answered 200: 2 records refused: too old`);
    expect(backend.requests).toHaveLength(1);
  });

  test('a warning without refused records loses nothing', async () => {
    backend.answers.push({
      body: '{"partialSuccess":{"errorMessage":"use the new path"}}',
      headers: { 'content-type': 'application/json' },
    });
    const apm = forward();
    apm.take(spans(['a']));
    await until(settled);
    expect(apm.counts()).toEqual({ delivered: 1, dropped: 0, waiting: 0 });
  });

  test('what does not fit into the queue', async () => {
    backend.answers.push({ afterMs: 300 });
    const apm = forward({ maxQueueBytes: 3500 });
    for (let index = 0; index < 10; index += 1) apm.take(spans([`${index}`], { padding: 1000 }));
    expect(apm.counts()).toEqual({ delivered: 0, dropped: 7, waiting: 3 });
    await until(settled);
    expect(arrived()).toEqual(['0', '1', '2']);
    expect(apm.missing({ from: Date.now() - 5000, to: Date.now() }).trouble).toContain('3 KB were waiting already');
    apm.take(spans(['later'], { padding: 1000 }));
    await until(settled);
    expect(apm.counts()).toEqual({ delivered: 4, dropped: 7, waiting: 0 });
  });

  test('a record that is larger than the limit, alone', async () => {
    const apm = forward({ destination: { maxRequestBytes: 3000 } });
    apm.take(spans(['a', 'b']));
    apm.take(spans(['large'], { padding: 5000 }));
    apm.take(spans(['c']));
    await until(settled);
    expect(arrived()).toEqual(['a', 'b', 'c']);
    expect(apm.counts()).toEqual({ delivered: 3, dropped: 1, waiting: 0 });
    expect(apm.missing({ from: 0, to: Infinity }).trouble).toBe('a single record is larger than 3000 bytes');
  });

  test('what cannot be read', async () => {
    const apm = forward({ destination: { encoding: 'json' } });
    apm.take({ signal: 'traces', encoding: 'protobuf', body: Buffer.from([0x0a, 0xff]), records: 1, at: Date.now() });
    expect(apm.counts()).toEqual({ delivered: 0, dropped: 1, waiting: 0 });
  });
});

test('what is missing of a window is what was accepted in it, or shortly after', async () => {
  await backend.stop();
  const apm = forward();
  for (const at of [9999, 10_000, 20_000, 21_999, 22_000]) apm.take(spans(['a'], { at }));
  expect(apm.missing({ from: 10_000, to: 20_000 })).toMatchObject({ dropped: 0, waiting: 3 });
  await apm.close();
  expect(apm.missing({ from: 10_000, to: 20_000 })).toMatchObject({ dropped: 3, waiting: 0 });
  expect(apm.missing({ from: 20_000, to: 10_000 })).toEqual({ dropped: 0, waiting: 0 });
  expect(apm.missing({ from: Number.NaN, to: 20_000 })).toEqual({ dropped: 0, waiting: 0 });
});

describe('the end', () => {
  test('waits for what is still to be sent', async () => {
    backend.answers.push({ afterMs: 300 });
    const apm = forward({ closeMs: 5000 });
    for (const name of ['a', 'b']) apm.take(spans([name]));
    await apm.close();
    expect(arrived()).toEqual(['a', 'b']);
    expect(apm.counts()).toEqual({ delivered: 2, dropped: 0, waiting: 0 });
  });

  test.each([
    ['does not answer', { afterMs: 5000 }],
    ['asks for an hour', { status: 503, headers: { 'retry-after': '3600' } }],
  ])('does not wait for long where the backend %s', async (_, answer) => {
    backend.answers.push(answer);
    const apm = forward({ closeMs: 300 });
    apm.take(spans(['a']));
    await sleep(50);
    const began = Date.now();
    await Promise.all([apm.close(), apm.close()]);
    expect(Date.now() - began).toBeLessThan(1500);
    apm.take(spans(['b']));
    expect(apm.counts()).toEqual({ delivered: 0, dropped: 2, waiting: 0 });
  });
});

test('2 000 spans a second are transcoded and sent with a small part of one core', async () => {
  const apm = forward();
  const names = Array.from({ length: 100 }, (_, index) => `GET /api/products/${index}`);
  const batch = spans(names, { encoding: 'json', padding: 500 });
  let busyMs = 0;
  for (let turn = 0; turn < 60; turn += 1) {
    const began = performance.now();
    apm.take({ ...batch, at: Date.now() });
    busyMs += performance.now() - began;
    await sleep(50);
  }
  await until(settled);
  expect(apm.counts()).toEqual({ delivered: 6000, dropped: 0, waiting: 0 });
  expect(busyMs).toBeLessThan(1000);
});
