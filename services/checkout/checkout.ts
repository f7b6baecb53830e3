import type { Client } from '../lib/client.ts';
import type { Database } from '../lib/database.ts';
import { HttpError } from '../lib/errors.ts';
import { logger } from '../lib/logger.ts';
import type { Money } from '../lib/money.ts';
import type { OrderRequest } from '../lib/order-request.ts';
import { type Order, saveOrder } from './orders.ts';
import type { Tax } from './tax.ts';

export interface Services {
  readonly database: Database;
  readonly cart: Client;
  readonly inventory: Client;
  readonly payment: Client;
}

interface Cart {
  readonly items: readonly { readonly productId: number; readonly quantity: number }[];
  readonly total: Money;
}

/** Turns a cart into a paid order. When a step fails, what was reserved goes back into stock. Throws 409 for an empty cart or too little stock. */
export async function placeOrder(services: Services, request: OrderRequest, tax: Tax): Promise<Order> {
  const cartPath = `/carts/${encodeURIComponent(request.cartId)}`;
  const cart = await services.cart.get<Cart>(cartPath);
  if (cart.items.length === 0) throw new HttpError(409, 'cart_empty', 'The cart is empty');
  await checkStock(services.inventory, cart);

  const lines = cart.items.map(({ productId, quantity }) => ({ productId, quantity }));
  const reservation = await services.inventory.post<{ id: string }>('/reservations', { lines });
  let order: Order;
  try {
    order = await payAndSave(services, { request, cart, tax, reservationId: reservation.id });
  } catch (error) {
    await releaseReservation(services.inventory, reservation.id);
    throw error;
  }
  await deleteCart(services.cart, cartPath);
  logger.info({ order: order.id, country: request.customer.country, amount: order.total.amount }, 'order placed');
  return order;
}

/** Spares the customer who asks for too much the locks of a reservation. */
async function checkStock(inventory: Client, cart: Cart): Promise<void> {
  const ids = cart.items.map((item) => item.productId).join(',');
  const { stock } = await inventory.get<{ stock: { productId: number; available: number }[] }>(
    `/stock?products=${ids}`,
  );
  const available = new Map(stock.map((entry) => [entry.productId, entry.available]));
  const missing = cart.items.find((item) => (available.get(item.productId) ?? 0) < item.quantity);
  if (missing !== undefined) throw new HttpError(409, 'out_of_stock', `Product ${missing.productId} is out of stock`);
}

interface Reserved {
  readonly request: OrderRequest;
  readonly cart: Cart;
  readonly tax: Tax;
  readonly reservationId: string;
}

async function payAndSave(services: Services, { request, cart, tax, reservationId }: Reserved): Promise<Order> {
  const taxAmount = tax(request.customer, cart.total.amount);
  const total = { amount: cart.total.amount + taxAmount, currency: cart.total.currency };
  const { customer, payment, appVersion } = request;
  const paid = await services.payment.post<{ id: string }>('/payments', { ...total, customer, payment, appVersion });
  return saveOrder(services.database, { request, tax: taxAmount, total, reservationId, paymentId: paid.id });
}

async function releaseReservation(inventory: Client, id: string): Promise<void> {
  try {
    await inventory.delete(`/reservations/${id}`);
  } catch (err) {
    // The order has failed already, and of that the customer is told.
    logger.error({ err, reservation: id }, 'could not release a reservation');
  }
}

async function deleteCart(cart: Client, path: string): Promise<void> {
  try {
    await cart.delete(path);
  } catch (err) {
    // The order stands; a cart that is left over harms nobody.
    logger.error({ err }, 'could not delete an ordered cart');
  }
}
