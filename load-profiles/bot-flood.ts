// Bots that copy the catalogue, listing by listing and search by search, beside shoppers. RATE counts the visits of both; SHOPPERS says
// how many of them are shoppers, a quarter unless set, none with 0: for a show that has its shoppers from another profile.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=60 -e SHOPPERS=15 -e DURATION=60s load-profiles/bot-flood.ts
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { steady } from './lib/arrivals.ts';
import { randomOf } from './lib/random.ts';
import { rateOf, seed } from './lib/settings.ts';
import { listCategories, listPage, shop, words } from './lib/shoppers.ts';
import { call } from './lib/storefront.ts';

const rate = rateOf(60);
const shoppers = Math.min(rate, Number(__ENV.SHOPPERS ?? rate / 4));
const bots = rate - shoppers;

export const options: Options = {
  scenarios: {
    ...(shoppers > 0 && { shoppers: steady({ exec: 'visit', rate: shoppers }) }),
    ...(bots > 0 && { bots: steady({ exec: 'crawl', rate: bots }) }),
  },
};

const userAgent = 'PriceHarvest/2.3 (+https://harvest.example/bot)';
const listings = 0.8;
const deepest = 200;

/** One visit of one shopper. */
export function visit(): void {
  shop(randomOf(seed, exec.scenario.iterationInTest));
}

let categories: readonly { readonly slug: string }[] = [];
let pages = 1;

/** One page that a bot takes: deeper into a listing than people go, or all that is found for two or three letters. */
export function crawl(): void {
  const random = randomOf(seed + 1_000_003, exec.scenario.iterationInTest);
  if (categories.length === 0) categories = listCategories(userAgent);
  const category = categories[random.below(categories.length)];
  if (category && random.next() < listings) {
    const listing = listPage(category.slug, 1 + random.below(Math.min(pages, deepest)), userAgent);
    pages = listing?.pages ?? pages;
    return;
  }
  const word = words[random.below(words.length)]!;
  call({
    method: 'GET',
    name: '/api/search',
    path: `/api/search?q=${word.slice(0, 2 + random.below(2))}`,
    status: 200,
    expects: 'the search answers',
    userAgent,
  });
}
