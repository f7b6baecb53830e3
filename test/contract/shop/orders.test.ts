import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagAt } from '../../support/flag-source.ts';
import type { SunkSpan } from '../../support/otlp-sink.ts';
import { startTestShop, type TestShop } from '../../support/running-shop.ts';
import { visitorOf } from '../../support/visitor.ts';

const server = 2;
const client = 3;
const producer = 4;
const consumer = 5;
const error = 2;

let shop: TestShop;
beforeAll(async () => {
  shop = await startTestShop();
}, 120_000);
afterAll(() => shop?.stop(), 30_000);

const serverSpan = (service: string, route: string, traceId?: string) => (): SunkSpan | undefined =>
  shop.sink.spans.find(
    (span) =>
      span.kind === server &&
      span.service === service &&
      span.attributes['http.route'] === route &&
      (traceId === undefined || span.traceId === traceId),
  );

const jobTraces = (): Set<string> =>
  new Set(shop.sink.spans.filter((span) => span.kind === consumer).map((span) => span.traceId));

describe('an order', () => {
  it('goes all the way from the cart to the shipment, in one trace', async () => {
    const visitor = visitorOf(shop.url);
    const { order, traceId } = await visitor.order({ country: 'DE', plan: 'plus', brand: 'visa' });
    expect(order).toEqual({
      id: expect.any(String),
      status: 'placed',
      total: { amount: expect.any(Number), currency: 'EUR' },
    });

    await expect
      .poll(() => visitor.get(`/api/orders/${order.id}`), { timeout: 10_000 })
      .toMatchObject({ status: 'shipped' });
    await shop.sink.until(({ spans }) =>
      spans.find((span) => span.traceId === traceId && span.name === 'process jobs ship'),
    );
    const spans = shop.sink.spans.filter((span) => span.traceId === traceId);
    expect(new Set(spans.map((span) => span.service))).toEqual(
      new Set(['storefront', 'checkout', 'cart', 'inventory', 'payment', 'fulfilment']),
    );
    expect(spans.filter((span) => span.status === error)).toEqual([]);
    const ids = new Set(spans.map((span) => span.spanId));
    const orphans = spans.filter((span) => !ids.has(span.parentSpanId ?? '') && span.service !== 'storefront');
    expect(orphans).toEqual([]);
    expect(spans.filter((span) => span.kind === consumer)).toHaveLength(2);
    const sender = (name: string) => {
      const parent = spans.find((span) => span.name === name)?.parentSpanId;
      const { service, kind } = spans.find((span) => span.spanId === parent) ?? {};
      return { service, kind };
    };
    expect(sender('process jobs confirm')).toEqual({ service: 'checkout', kind: producer });
    expect(sender('process jobs ship')).toEqual({ service: 'fulfilment', kind: producer });
  });

  it('carries what is worth grouping by on the server spans of storefront, checkout and payment', async () => {
    const { traceId } = await visitorOf(shop.url).order({ country: 'JP', plan: 'basic', brand: 'jcb' });
    for (const [service, route] of [
      ['storefront', '/api/orders'],
      ['checkout', '/orders'],
      ['payment', '/payments'],
    ] as const) {
      const { attributes } = await shop.sink.until(serverSpan(service, route, traceId));
      expect(attributes).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': 201,
        'shop.customer.country': 'JP',
        'shop.customer.plan': 'basic',
        'shop.payment.brand': 'jcb',
        'shop.app.version': '5.1.0',
      });
    }
  });

  it('names the peers of its calls, and writes both generations of database attributes', async () => {
    const { traceId } = await visitorOf(shop.url).order({ country: 'DE', plan: 'plus', brand: 'visa' });
    for (const [service, route] of [
      ['storefront', '/api/orders'],
      ['checkout', '/orders'],
      ['payment', '/payments'],
    ] as const) {
      await shop.sink.until(serverSpan(service, route, traceId));
    }
    const calls = shop.sink.spans.filter((span) => span.traceId === traceId && span.kind === client);
    const peers = calls.map((span) => span.attributes['peer.service']).filter((peer) => peer !== undefined);
    expect(new Set(peers)).toEqual(new Set(['checkout', 'cart', 'inventory', 'payment', 'bank']));

    const insert = calls.find((span) => String(span.attributes['db.query.text']).startsWith('INSERT INTO payments'));
    const name = new URL(shop.database.url).pathname.slice(1);
    expect(insert?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.system': 'postgresql',
      'db.namespace': name,
      'db.name': name,
      'db.statement': insert?.attributes['db.query.text'],
      'db.operation': 'INSERT',
    });
  });

  it('is logged with the id of its trace', async () => {
    const { traceId } = await visitorOf(shop.url).order({ country: 'DE', plan: 'plus', brand: 'visa' });
    await shop.sink.until(({ logs }) => logs.find((log) => log.service === 'checkout' && log.traceId === traceId));
    const line = shop.services.get('checkout')?.log.find((text) => text.includes(traceId));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 30,
      time: expect.any(Number),
      msg: 'order placed',
      trace_id: traceId,
    });
  });

  it('takes what was ordered out of stock, and nothing when it fails', async () => {
    const visitor = visitorOf(shop.url);
    const stock = async () => ((await visitor.get('/api/products/4711')) as { stock: number }).stock;
    const before = await stock();
    await visitor.order({ country: 'DE', plan: 'plus', brand: 'visa', productId: 4711, quantity: 3 });
    expect(await stock()).toBe(before - 3);

    const { status } = await visitor.tryOrder({
      country: 'DE',
      plan: 'plus',
      brand: 'visa',
      productId: 4711,
      quantity: 100,
      times: 20,
    });
    expect(status).toBe(409);
    expect(await stock()).toBe(before - 3);
  });
});

describe('release 1.10.0 of checkout', () => {
  it('fails for Swiss customers alone, with a TypeError on the span where it happened, and only while the flag is on', async () => {
    const visitor = visitorOf(shop.url);
    const buy = (country: string) => visitor.tryOrder({ country, plan: 'plus', brand: 'visa' });
    expect((await buy('CH')).status).toBe(201);

    shop.flags.send({ flags: { 'regional-tax': flagAt(100) } });
    await expect.poll(async () => (await buy('CH')).status, { timeout: 5000 }).toBe(502);
    const failed = await buy('CH');
    expect(failed.body).toEqual({ error: { code: 'checkout_failed', message: 'checkout answered 500' } });
    expect((await buy('DE')).status).toBe(201);

    const span = await shop.sink.until(serverSpan('checkout', '/orders', failed.traceId));
    expect(span.status).toBe(error);
    expect(span.attributes).toMatchObject({
      'http.response.status_code': 500,
      'shop.customer.country': 'CH',
      'feature_flag.key': 'regional-tax',
      'feature_flag.result.variant': 'on',
    });
    expect(span.resource).toEqual({
      'service.name': 'checkout',
      'service.namespace': 'shop',
      'service.version': '1.10.0',
      'service.instance.id': expect.any(String),
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': expect.any(String),
    });
    expect(span.events.map(({ name, attributes }) => [name, attributes['exception.type']])).toEqual([
      ['exception', 'TypeError'],
    ]);
    const source = (await readFile('services/checkout/tax.ts', 'utf8')).split('\n');
    const line = 1 + source.findIndex((text) => text.includes('canton.toUpperCase()'));
    const stack = span.events[0]?.attributes['exception.stacktrace'];
    expect(stack).toContain(`(/shop/services/checkout/tax.ts:${line}:`);
    // Nor does it say where, and by what, the shop is run.
    expect(stack).not.toContain(process.cwd());
    const others = shop.sink.spans.filter((other) => other.traceId === failed.traceId && other.service !== 'checkout');
    expect(others.flatMap((other) => other.events)).toEqual([]);

    shop.flags.send({ flags: {} });
    await expect.poll(async () => (await buy('CH')).status, { timeout: 5000 }).toBe(201);
  });
});

describe('fulfilment', () => {
  it('sends no spans while there is nothing to do', async () => {
    const visitor = visitorOf(shop.url);
    const { order, traceId } = await visitor.order({ country: 'DE', plan: 'plus', brand: 'visa' });
    await shop.sink.until(({ spans }) =>
      spans.find((span) => span.traceId === traceId && span.name === 'process jobs ship'),
    );
    expect(await visitor.get(`/api/orders/${order.id}`)).toMatchObject({ status: 'shipped' });
    const withoutJob = shop.sink.spans.filter(
      (span) => span.service === 'fulfilment' && !jobTraces().has(span.traceId),
    );
    expect(withoutJob).toEqual([]);
  });
});
