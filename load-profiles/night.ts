// The few who shop at night: less than one visit a second, and they take their time.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=0.5 -e DURATION=5m load-profiles/night.ts
import { sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { steady } from './lib/arrivals.ts';
import { randomOf } from './lib/random.ts';
import { rateOf, seed } from './lib/settings.ts';
import { everyday, shop } from './lib/shoppers.ts';

export const options: Options = {
  scenarios: { night: steady({ exec: 'visit', rate: rateOf(0.5), seconds: 8 }) },
};

const journeys = { ...everyday, browse: 55, buy: 10 };

/** One visit of one shopper, with a second or some between its steps. */
export function visit(): void {
  const count = exec.scenario.iterationInTest;
  // Of their own, so that a visit is the same with and without its pauses.
  const pauses = randomOf(seed + 1_000_003, count);
  shop(randomOf(seed, count), journeys, () => sleep(1 + 3 * pauses.next()));
}
