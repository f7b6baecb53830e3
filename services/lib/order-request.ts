import { trace } from '@opentelemetry/api';
import { objectIn, textIn } from './input.ts';

/** What is known about an order everywhere on its way: nothing personal, only what is worth grouping by. */
export interface OrderRequest {
  readonly cartId: string;
  readonly customer: Customer;
  readonly payment: { readonly brand: string };
  readonly appVersion: string;
}

export interface Customer {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly plan: string;
}

/** Reads an order from a request's body; throws a 400 when something is missing. */
export function readOrder(body: unknown): OrderRequest {
  const order = objectIn(body, 'order');
  return { cartId: textIn(order['cartId'], 'cartId'), ...readOrderContext(order) };
}

/** The part of an order that payment is told too. */
export function readOrderContext(order: Readonly<Record<string, unknown>>): Omit<OrderRequest, 'cartId'> {
  const customer = objectIn(order['customer'], 'customer');
  const payment = objectIn(order['payment'], 'payment');
  return {
    customer: {
      ...customer,
      country: textIn(customer['country'], 'country', 2),
      plan: textIn(customer['plan'], 'plan'),
    },
    payment: { brand: textIn(payment['brand'], 'brand') },
    appVersion: textIn(order['appVersion'], 'appVersion'),
  };
}

/** Notes on the request's span what the order is about, before anything can fail. */
export function markOrder({ customer, payment, appVersion }: Omit<OrderRequest, 'cartId'>): void {
  trace.getActiveSpan()?.setAttributes({
    'shop.customer.country': customer.country,
    'shop.customer.plan': customer.plan,
    'shop.payment.brand': payment.brand,
    'shop.app.version': appVersion,
  });
}
