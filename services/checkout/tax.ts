import type { Customer } from '../lib/order-request.ts';

/** Tax on a net amount in minor units, for one customer. */
export type Tax = (customer: Customer, amount: number) => number;

/** Standard rates of value added tax, per mille. Elsewhere an order is an export and free of it. */
const nationalRates: Readonly<Record<string, number>> = {
  AT: 200,
  BE: 210,
  CH: 81,
  DE: 190,
  ES: 210,
  FR: 200,
  GB: 200,
  IT: 220,
  JP: 100,
  NL: 210,
};

/** What some Swiss cantons levy on top for recycling, per mille. */
const cantonalRates: Readonly<Record<string, number>> = { BE: 4, GE: 5, TI: 3, VD: 4, ZH: 2 };

interface SwissCustomer extends Customer {
  readonly canton: string;
}

export function nationalTax(customer: Customer, amount: number): number {
  return perMille(amount, nationalRates[customer.country] ?? 0);
}

/** National tax and what the customer's region levies on top. */
export function regionalTax(customer: Customer, amount: number): number {
  return nationalTax(customer, amount) + perMille(amount, isSwiss(customer) ? cantonalRate(customer) : 0);
}

function isSwiss(customer: Customer): customer is SwissCustomer {
  return customer.country === 'CH';
}

function cantonalRate({ canton }: SwissCustomer): number {
  return cantonalRates[canton.toUpperCase()] ?? 0;
}

function perMille(amount: number, rate: number): number {
  return Math.round((amount * rate) / 1000);
}
