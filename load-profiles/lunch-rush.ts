// Shoppers who come in their lunch break: few at first, then more and more, then few again. RATE is that of the height.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=40 -e DURATION=3m load-profiles/lunch-rush.ts
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { shaped } from './lib/arrivals.ts';
import { randomOf } from './lib/random.ts';
import { rateOf, seed } from './lib/settings.ts';
import { everyday, shop } from './lib/shoppers.ts';

const morning = 0.3;

export const options: Options = {
  scenarios: {
    'lunch-rush': shaped({ exec: 'visit', rate: rateOf(40) }, morning, [
      [0.2, morning],
      [0.2, 1],
      [0.3, 1],
      [0.2, morning],
      [0.1, morning],
    ]),
  },
};

// In a lunch break people know what they want.
const journeys = { ...everyday, browse: 25, buy: 40 };

/** One visit of one shopper. */
export function visit(): void {
  shop(randomOf(seed, exec.scenario.iterationInTest), journeys);
}
