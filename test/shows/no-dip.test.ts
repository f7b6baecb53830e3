import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../orchestrator/conductor/events.ts';
import { playWith } from '../support/play.ts';
import { showFolder } from '../support/show-folder.ts';

const rate = 50;

/** Visits of one short request: one that takes its time would count in a later second than it was made in, and say nothing about the load. */
const steady = `import http from 'k6/http';
export const options = {
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), timeUnit: '1s', duration: __ENV.DURATION, preAllocatedVUs: 50, maxVUs: 200,
    },
  },
};
export default () => http.get(__ENV.BASE_URL + '/api/categories');
`;

const load = `
  - { profile: ./steady.ts, rate: ${rate}/s }
  - { profile: bot-flood, rate: 5/s, env: { SHOPPERS: 0 }, from: fault-3, until: fault-7 }`;

// Of which none is on the way of those visits: a shop that is slow brings them to their end later, whatever the load does.
const faults = [
  'inject: service-killed, on: payment',
  'inject: slow-third-party',
  "inject: network-latency, on: 'storefront->cart'",
];

/** Eleven acts of six seconds; every other one begins with a fault, and ends with its removal two seconds before the next act. */
const acts = Array.from({ length: 11 }, (_, index) => {
  const fault = faults[Math.floor(index / 2) % faults.length];
  return index % 2 === 0
    ? `  - act: calm-${index}\n    for: 6s\n`
    : `  - act: fault-${index}\n    for: 4s\n    faults: [{ ${fault} }]\n    heals: { within: 2s }\n`;
});

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

test('load goes on across ten act boundaries: no second has less than 90 % of the asked rate', async () => {
  const show = showFolder('no-dip', acts.join(''), load);
  writeFileSync(join(dirname(show), 'steady.ts'), steady);
  const { runDir } = await playWith(show, () => ({}), 'clock');
  const events = readFileSync(join(runDir, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const of = <T extends RunEvent['type']>(type: T) => events.filter((event): event is Of<T> => event.type === type);
  const secondsOf = (profile: string) =>
    of('load').flatMap((event) => (event.profile === profile ? event.progress : []));

  const startOf = Object.fromEntries(of('act-started').map(({ act, at }) => [act, at]));
  expect(Object.keys(startOf)).toHaveLength(11);
  expect(of('fault-proof').map(({ proven }) => proven)).toEqual([true, true, true, true, true]);
  expect(of('trouble').map(({ message }) => message)).toEqual([]);

  const begun = of('act-started')[0]!.at;
  const over = of('act-ended').at(-1)!.at;
  const seconds = secondsOf('./steady.ts');
  // A report may come some milliseconds late: what counts is the rate in the time since the last one.
  const perSecond = seconds.slice(1).flatMap(({ at, iterations }, index) => {
    const from = seconds[index]!.at;
    return from >= begun && at <= over ? [{ afterMs: at - begun, rate: (iterations * 1_000) / (at - from) }] : [];
  });
  expect(perSecond.length).toBeGreaterThan(60);
  // Nor is a pause told as one long second, and caught up within it.
  const gaps = seconds.slice(1).map(({ at }, index) => at - seconds[index]!.at);
  expect(Math.max(...gaps)).toBeLessThan(2000);
  expect(perSecond.filter((second) => second.rate < 0.9 * rate)).toEqual([]);

  const bots = secondsOf('bot-flood').filter(({ iterations }) => iterations > 0);
  expect(bots.length).toBeGreaterThan(15);
  expect(bots[0]!.at).toBeGreaterThan(startOf['fault-3']!);
  expect(bots.at(-1)!.at).toBeLessThan(startOf['fault-7']! + 6_000);
});
