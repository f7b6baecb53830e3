import { expect, test } from 'vitest';
import { stopOrder } from '../../../../orchestrator/runtime/running/stop-order.ts';

test('callers stop before those they call, and the independent ones together', () => {
  const services = [
    { name: 'bank', calls: [] },
    { name: 'payment', calls: ['bank'] },
    { name: 'storefront', calls: ['cart', 'payment'] },
    { name: 'cart', calls: ['bank'] },
    { name: 'worker', calls: [] },
  ];
  expect(stopOrder(services)).toEqual([['storefront', 'worker'], ['payment', 'cart'], ['bank']]);
});

test('services that call each other in a circle stop together', () => {
  const services = [
    { name: 'a', calls: ['b'] },
    { name: 'b', calls: ['a'] },
    { name: 'front', calls: ['a'] },
  ];
  expect(stopOrder(services)).toEqual([['front'], ['a', 'b']]);
});
