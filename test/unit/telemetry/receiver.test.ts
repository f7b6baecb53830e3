import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeProtobuf } from '../../../orchestrator/telemetry/otlp/proto.ts';
import { startTap, type TapOptions } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Tap } from '../../../orchestrator/telemetry/tap.ts';
import {
  Ids,
  logsRequest,
  metricsRequest,
  otlpSpan,
  post,
  type SpanInput,
  tracesRequest,
} from '../../support/otlp-data.ts';

const ids = new Ids();
const everything = { from: 0, to: Infinity };
const aSpan = (more: Partial<SpanInput> = {}): SpanInput => ({
  service: 'cart',
  traceId: ids.trace(),
  spanId: ids.span(),
  startMs: 1_767_600_000_000,
  durationMs: 5,
  ...more,
});
const spansRequest = (...spans: unknown[]): unknown => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

let store: TelemetryStore;
let tap: Tap;

async function start(options: Partial<TapOptions> = {}): Promise<void> {
  tap = await startTap({ store, ...options });
}

beforeEach(async () => {
  store = await openTelemetryStore();
});

afterEach(async () => {
  await tap.close();
  await store.close();
});

function send(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  path = '/v1/traces',
): Promise<Response> {
  return fetch(`${tap.endpoint}${path}`, { method: 'POST', body, headers });
}

async function codeOf(response: Response): Promise<unknown> {
  const status: unknown = await response.json();
  return status !== null && typeof status === 'object' && 'code' in status ? status.code : undefined;
}

describe('a request that is in order', () => {
  beforeEach(() => start());

  test('is answered with an empty object and can be asked for at once', async () => {
    const response = await post(tap.endpoint, '/v1/traces', tracesRequest([aSpan(), aSpan()]));
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      '{}',
    ]);
    expect(await tap.spansOf('cart', everything)).toBe(2);
    expect(tap.received()).toEqual({ spans: 2, metrics: 0, logs: 0 });
  });

  test('may be packed with gzip or deflate', async () => {
    const body = (): string => JSON.stringify(tracesRequest([aSpan(), ...packed]));
    const packed: ReturnType<typeof aSpan>[] = [];
    const type = { 'content-type': 'application/json; charset=utf-8' };
    expect((await send(gzipSync(body()), { ...type, 'content-encoding': 'gzip' })).status).toBe(200);
    packed.push(aSpan());
    expect((await send(deflateSync(body()), { ...type, 'content-encoding': 'deflate' })).status).toBe(200);
    expect(tap.received().spans).toBe(3);
  });

  test('is counted once when its sender, who got no answer, sends it again', async () => {
    const sent = tracesRequest([aSpan()]);
    for (let time = 0; time < 2; time += 1) {
      expect((await post(tap.endpoint, '/v1/traces', sent)).status).toBe(200);
    }
    expect(await tap.spansOf('cart', everything)).toBe(1);
    expect(tap.received().spans).toBe(1);
  });

  test('may be as large as several chunks of the store', async () => {
    const spans = Array.from({ length: 5000 }, () => aSpan());
    expect((await post(tap.endpoint, '/v1/traces', tracesRequest(spans))).status).toBe(200);
    expect(tap.received().spans).toBe(5000);
    expect(await tap.spansOf('cart', everything)).toBe(5000);
  });

  test('may be empty, in either encoding', async () => {
    expect((await post(tap.endpoint, '/v1/traces', {})).status).toBe(200);
    const response = await send(new Uint8Array(), { 'content-type': 'application/x-protobuf' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/x-protobuf',
      '',
    ]);
  });
});

describe('malformed records in a request that can be read', () => {
  beforeEach(() => start());

  test.each([
    ['no start', { startTimeUnixNano: undefined }, 'startTimeUnixNano is missing'],
    ['an end before the start', { endTimeUnixNano: '5' }, 'endTimeUnixNano is before startTimeUnixNano'],
    ['a short trace id', { traceId: 'abcd' }, 'traceId is not 16 bytes of hex'],
    ['an all-zero span id', { spanId: '0'.repeat(16) }, 'spanId is missing or all zeros'],
    ['a time that is no number', { startTimeUnixNano: 'noon' }, 'startTimeUnixNano is not an integer'],
    ['a time beyond 64 bits', { endTimeUnixNano: '9'.repeat(19) }, 'endTimeUnixNano is out of range'],
    ['attributes that are no list', { attributes: { a: 1 } }, 'attributes is not a list'],
    ['an unknown kind', { kind: 'SPAN_KIND_WAITER' }, 'kind is not one of'],
  ])('%s: that span is refused, its neighbour is kept', async (_, broken, reason) => {
    const response = await post(
      tap.endpoint,
      '/v1/traces',
      spansRequest({ ...otlpSpan(aSpan()), ...broken }, otlpSpan(aSpan())),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining(reason) },
    });
    expect(tap.received().spans).toBe(1);
    expect(tap.rejected()).toBe(1);
    expect(await tap.spansOf('unknown_service', everything)).toBe(1);
  });

  test('log records and data points are refused under their own names', async () => {
    const noTime = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'when?' } }] }] }] };
    expect(await (await post(tap.endpoint, '/v1/logs', noTime)).json()).toMatchObject({
      partialSuccess: { rejectedLogRecords: '1' },
    });
    const metrics = [{ name: 'a', gauge: { dataPoints: [{ asInt: '1' }] } }, { name: 'b' }];
    const noData = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
    expect(await (await post(tap.endpoint, '/v1/metrics', noData)).json()).toMatchObject({
      partialSuccess: { rejectedDataPoints: '2' },
    });
    expect(tap.rejected()).toBe(3);
  });
});

describe('a request that cannot be taken', () => {
  test.each([
    ['broken JSON', '{"resourceSpans": [', 'application/json'],
    ['JSON that is no object', '[]', 'application/json'],
    ['JSON null', 'null', 'application/json'],
    ['a field of the wrong type', '{"resourceSpans": {}}', 'application/json'],
    ['broken Protobuf', '\x0a\xff\xff\xff', 'application/x-protobuf'],
  ])('%s is answered with 400 and a status in its own encoding', async (_, body, type) => {
    await start();
    const response = await send(body, { 'content-type': type });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, type]);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (type === 'application/json')
      expect(JSON.parse(bytes.toString())).toMatchObject({ code: 3, message: expect.stringContaining('traces') });
    else expect(bytes.subarray(0, 2)).toEqual(Buffer.from(encodeProtobuf('RpcStatus', { code: 3 })));
    expect(tap.received().spans).toBe(0);
    expect(tap.rejected()).toBe(1);
  });

  test('bytes that are not what their encoding says are answered with 400', async () => {
    await start();
    const response = await send('plain', { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect([response.status, await codeOf(response)]).toEqual([400, 3]);
  });

  test('an unknown type or encoding is answered with 415, another method with 405, another path with 404', async () => {
    await start();
    expect((await send('a=1', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send('{}', { 'content-type': 'application/json', 'content-encoding': 'br' })).status).toBe(415);
    const get = await fetch(`${tap.endpoint}/v1/traces`);
    expect(tap.rejected()).toBe(2);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post(tap.endpoint, '/v1/profiles', {})).status).toBe(404);
  });

  test('more than the limit is answered with 413, also when it only unpacks to that', async () => {
    await start({ maxBodyBytes: 1000 });
    const type = { 'content-type': 'application/json' };
    expect((await send(' '.repeat(1001), type)).status).toBe(413);
    const bomb = gzipSync(' '.repeat(100_000));
    expect(bomb.length).toBeLessThan(1000);
    const response = await send(bomb, { ...type, 'content-encoding': 'gzip' });
    expect([response.status, await codeOf(response)]).toEqual([413, 8]);
    expect(tap.rejected()).toBe(2);
    expect((await post(tap.endpoint, '/v1/traces', {})).status).toBe(200);
  });

  test('a failing store is answered with 503, so that the sender keeps its records', async () => {
    await start();
    await store.close();
    const response = await post(tap.endpoint, '/v1/traces', tracesRequest([aSpan()]));
    expect([response.status, await codeOf(response)]).toEqual([503, 14]);
    expect(tap.received().spans).toBe(0);
    expect(tap.rejected()).toBe(0);
  });
});

describe('over the memory bound', () => {
  test('a request is answered with 429 and Retry-After, and taken once there is room again', async () => {
    await start({ maxQueueBytes: 4000 });
    const body = JSON.stringify(tracesRequest([aSpan()])).padEnd(3000);
    const half = await halfSent(body);
    const refused = await send(body, { 'content-type': 'application/json' });
    expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([429, '1', 8]);
    expect(tap.rejected()).toBe(0);
    expect(await half.finish()).toBe(200);
    await tap.spansOf('cart', everything);
    expect((await send(body, { 'content-type': 'application/json' })).status).toBe(200);
  });

  test('a sender that goes away in the middle gives its room back', async () => {
    await start({ maxQueueBytes: 4000 });
    const body = JSON.stringify(tracesRequest([aSpan()])).padEnd(3000);
    const half = await halfSent(body);
    await half.abort();
    await expect.poll(async () => (await send(body, { 'content-type': 'application/json' })).status).toBe(200);
  });
});

describe('the tap', () => {
  test('counts every signal', async () => {
    await start();
    await post(tap.endpoint, '/v1/logs', logsRequest([{ service: 'cart', timeMs: 1, severity: 9, body: 'hello' }]));
    const metric = { service: 'cart', name: 'n', timeMs: 1, point: { gauge: 1 } };
    await post(tap.endpoint, '/v1/metrics', metricsRequest([metric, metric]));
    expect(tap.received()).toEqual({ spans: 0, metrics: 2, logs: 1 });
  });

  test('says which port is taken and what to do', async () => {
    await start();
    const port = Number(new URL(tap.endpoint).port);
    await expect(startTap({ store, port })).rejects.toMatchObject({
      code: 'tap-cannot-listen',
      exitCode: 3,
      message: expect.stringContaining(String(port)),
    });
  });

  test('refuses connections once it is closed, and may be closed twice', async () => {
    await start();
    await tap.close();
    await tap.close();
    await expect(post(tap.endpoint, '/v1/traces', {})).rejects.toThrow('fetch failed');
  });

  test('survives noise on every path', async () => {
    await start();
    for (let n = 0; n < 40; n += 1) {
      const path = ['/v1/traces', '/v1/logs', '/v1/metrics'][n % 3] ?? '';
      const type = n % 2 === 0 ? 'application/json' : 'application/x-protobuf';
      const response = await send(randomBytes(n * 10), { 'content-type': type }, path);
      expect([200, 400]).toContain(response.status);
    }
    expect((await post(tap.endpoint, '/v1/traces', tracesRequest([aSpan()]))).status).toBe(200);
  });
});

/** A request of which all but the last byte has arrived. */
async function halfSent(body: string): Promise<{ finish(): Promise<number>; abort(): Promise<void> }> {
  const sending = request(`${tap.endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
  });
  sending.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    sending.on('continue', () => sending.write(body.slice(0, -1), () => resolve()));
    sending.flushHeaders();
  });
  // An answered request proves that the server has read what was written before.
  await post(tap.endpoint, '/v1/logs', {});
  return {
    finish: () =>
      new Promise((resolve) => {
        sending.on('response', (response) => resolve(response.resume().statusCode ?? 0));
        sending.end(body.slice(-1));
      }),
    abort: () => new Promise((resolve) => sending.on('close', () => resolve()).destroy()),
  };
}
