// A script in TypeScript plays as it is, with local imports in TypeScript.
// docs: using-k6/javascript-typescript-compatibility-mode
// promises: exit 0, iterations 2, requests 2, checks 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import type { Options } from 'k6/options';
import { Basket, type Good, Size } from './lib/basket.ts';

export const options: Options = { iterations: 2 };

interface Echo {
  readonly method: string;
  readonly body: string;
}

export default function (): void {
  const basket = new Basket<Good>();
  basket.add({ name: 'cup', price: 3, size: Size.small }).add({ name: 'pot', price: 9 });
  const answer: RefinedResponse<'text'> = http.post(`${__ENV['TARGET']}/post`, JSON.stringify(basket.all));
  const { method, body } = answer.json() as unknown as Echo;
  check(answer, { sent: () => method === 'POST' && (JSON.parse(body) as Good[]).length === 2 });
  check(basket.sum, { sum: (sum: number) => sum === 12 && basket.all[1]?.size?.length === undefined });
}
