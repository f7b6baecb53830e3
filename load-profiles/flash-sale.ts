// Ordinary shoppers, and in their midst a crowd that wants one and the same product, from one moment to the next. RATE is that of all
// of them together while the crowd is there; a quarter of it are the ordinary ones, who were there before and stay.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=40 -e DURATION=2m load-profiles/flash-sale.ts
// PRODUCT is the product's id; without it, the first one of the first category.
import { fail } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { shaped, steady } from './lib/arrivals.ts';
import { randomOf } from './lib/random.ts';
import { rateOf, seed } from './lib/settings.ts';
import { buy, listCategories, listPage, type Product, shop, shopper, showProduct } from './lib/shoppers.ts';

const rate = rateOf(40);
const ordinary = 0.25;
const buyers = 0.4;

export const options: Options = {
  scenarios: {
    shoppers: steady({ exec: 'visit', rate: rate * ordinary }),
    sale: shaped({ exec: 'hurry', rate: rate * (1 - ordinary) }, 0, [
      [0.3, 0],
      [0.02, 1],
      [0.33, 1],
      [0.15, 0],
      [0.2, 0],
    ]),
  },
};

/** Finds the product of the sale, the same one for everybody. */
export function setup(): Product {
  if (__ENV.PRODUCT !== undefined) return { id: __ENV.PRODUCT };
  const category = listCategories()[0]?.slug;
  const product = category === undefined ? undefined : listPage(category, 1)?.products[0];
  return product ?? fail('the shop lists no product that could be on sale');
}

/** One visit of one ordinary shopper. */
export function visit(): void {
  shop(randomOf(seed, exec.scenario.iterationInTest));
}

/** Somebody who has heard of the sale: looks, and buys one while there are any. */
export function hurry(product: Product): void {
  // Others than the ordinary ones, for the same SEED.
  const random = randomOf(seed + 1_000_003, exec.scenario.iterationInTest);
  const customer = shopper(random);
  const shown = showProduct(product);
  if (shown && shown.stock !== 0 && random.next() < buyers) buy(product, { quantity: 1, customer, maySellOut: true });
}
