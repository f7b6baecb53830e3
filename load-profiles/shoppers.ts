// Shoppers who browse, search, look and buy, as on any day.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=20 -e DURATION=60s load-profiles/shoppers.ts
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { steady } from './lib/arrivals.ts';
import { randomOf } from './lib/random.ts';
import { rateOf, seed } from './lib/settings.ts';
import { shop } from './lib/shoppers.ts';

export const options: Options = {
  scenarios: { shoppers: steady({ exec: 'visit', rate: rateOf(20) }) },
};

/** One visit of one shopper. The n-th of a test has the same journey and the same customer for the same SEED. */
export function visit(): void {
  shop(randomOf(seed, exec.scenario.iterationInTest));
}
