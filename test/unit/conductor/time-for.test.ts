import { expect, test } from 'vitest';
import { withTimeFor } from '../../../orchestrator/conductor/time-for.ts';
import { act, fakeBackend, injection, show } from '../../support/fake-stage.ts';

const pace = { delayMs: 30_000, answerMs: 5_000, everyMs: 500 };
const backends = [fakeBackend(), fakeBackend({ pace })];
const slow = act('slow', { advance: 'evidence', injections: [injection({ ttlMs: 90_000 })] });

test('an act that ends with its evidence lasts as much longer as the slowest backend is late, its recovery and its lease too', () => {
  const [stretched] = withTimeFor(show(slow), backends).acts;
  expect(stretched).toMatchObject({ forMs: 90_000, healsWithinMs: 60_000, injections: [{ ttlMs: 120_000 }] });
});

test('an act on the clock or a cue, and one without faults, keeps its time', () => {
  const others = [
    act('calm', { advance: 'evidence' }),
    { ...slow, advance: 'clock' as const },
    { ...slow, advance: 'cue' as const },
  ];
  expect(withTimeFor(show(...others), backends).acts).toEqual(others);
});
