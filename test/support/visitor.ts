import { randomBytes } from 'node:crypto';

interface Purchase {
  readonly country: string;
  readonly plan: string;
  readonly brand: string;
  readonly productId?: number;
  readonly quantity?: number;
  /** How often the product is put into the cart. */
  readonly times?: number;
}

interface Outcome {
  readonly status: number;
  readonly body: unknown;
  /** Of the request that placed the order. */
  readonly traceId: string;
}

/** Somebody who uses the storefront's JSON API at `url`. */
export interface Visitor {
  /** The body of a 200; throws otherwise. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  tryOrder(purchase: Purchase): Promise<Outcome>;
  /** Throws when the order is refused. */
  order(purchase: Purchase): Promise<{ readonly order: { readonly id: string }; readonly traceId: string }>;
}

export function visitorOf(url: string): Visitor {
  async function call(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
    const response = await fetch(url + path, init);
    return { status: response.status, body: await response.json() };
  }

  const post: Visitor['post'] = (path, body, headers = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const tryOrder: Visitor['tryOrder'] = async ({ country, plan, brand, productId = 17, quantity = 1, times = 1 }) => {
    const cart = (await post('/api/carts', {})).body as { id: string };
    for (let count = 0; count < times; count++) await post(`/api/carts/${cart.id}/items`, { productId, quantity });
    const traceId = randomBytes(16).toString('hex');
    const order = { cartId: cart.id, customer: { country, plan }, payment: { brand }, appVersion: '5.1.0' };
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    return { ...(await post('/api/orders', order, { traceparent })), traceId };
  };

  return {
    async get(path) {
      const { status, body } = await call(path);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    post,
    tryOrder,
    async order(purchase) {
      const { status, body, traceId } = await tryOrder(purchase);
      if (status !== 201) throw new Error(`the order was answered with ${status}: ${JSON.stringify(body)}`);
      return { order: body as { id: string }, traceId };
    },
  };
}
