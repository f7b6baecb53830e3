import { describe, expect, it } from 'vitest';
import { nationalTax, regionalTax } from '../../../../services/checkout/tax.ts';

const customerIn = (country: string) => ({ country, plan: 'basic' });

describe('nationalTax', () => {
  it('charges the rate of the country in minor units, rounded', () => {
    expect(nationalTax(customerIn('DE'), 10_000)).toBe(1900);
    expect(nationalTax(customerIn('CH'), 495)).toBe(40);
  });

  it('charges nothing where the order is an export', () => {
    expect(nationalTax(customerIn('US'), 10_000)).toBe(0);
  });
});

describe('regionalTax', () => {
  it('is the national tax for everybody outside Switzerland', () => {
    for (const country of ['DE', 'FR', 'JP', 'US']) {
      expect(regionalTax(customerIn(country), 9999)).toBe(nationalTax(customerIn(country), 9999));
    }
  });

  it('adds what the canton levies', () => {
    const customer = { ...customerIn('CH'), canton: 'zh' };
    expect(regionalTax(customer, 10_000)).toBe(810 + 20);
  });

  // The bug of release 1.10.0, kept on purpose: what the shows about it rely on.
  it('fails with a TypeError for Swiss customers whose app does not send a canton', () => {
    expect(() => regionalTax(customerIn('CH'), 10_000)).toThrow(TypeError);
  });
});
