import { beforeEach, expect, test } from 'vitest';
import type { Span } from '../../../../orchestrator/backends/backend.ts';
import { SlicedTraces } from '../../../../orchestrator/backends/jaeger/slices.ts';
import { span } from '../../../support/spans.ts';

const start = 1_000_000_000;
let now: number;
let there: Span[];
let asked: (readonly [from: number, to: number])[];
let slices: SlicedTraces;

/** As Jaeger finds them: whole traces with a span in that time. */
async function find(from: number, to: number): Promise<readonly Span[]> {
  asked.push([from - start, to - start]);
  const ids = new Set(there.filter(({ startMs }) => startMs >= from && startMs < to).map(({ traceId }) => traceId));
  return there.filter(({ traceId }) => ids.has(traceId));
}

async function spansIn(from: number, to: number): Promise<readonly string[]> {
  const traces = await slices.in({ from: start + from, to: start + to });
  return traces.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));
}

const at = (traceId: string, spanId: string, ms: number): Span => span({ traceId, spanId, startMs: start + ms });

beforeEach(() => {
  now = start + 600_000;
  asked = [];
  there = [at('t1', 'a', 0), at('t1', 'b', 1999), at('t2', 'c', 2000), at('t3', 'd', 5000)];
  slices = new SlicedTraces(find, () => now);
});

test('one question asks for slices that follow each other at once, and for old ones only once', async () => {
  expect(await spansIn(500, 5500)).toEqual(['a', 'b', 'c', 'd']);
  expect(asked).toEqual([[0, 6000]]);
  expect(await spansIn(0, 2000)).toEqual(['a', 'b']);
  expect(await spansIn(2500, 8000)).toEqual(['c', 'd']);
  expect(asked).toEqual([
    [0, 6000],
    [6000, 8000],
  ]);
});

test('questions at the same time share what is under way', async () => {
  const answers = await Promise.all([spansIn(0, 4000), spansIn(0, 4000), spansIn(2000, 6000)]);
  expect(answers).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['c', 'd'],
  ]);
  expect(asked).toEqual([
    [0, 4000],
    [4000, 6000],
  ]);
});

test('what is young is asked for again, the younger the sooner, until it is final', async () => {
  now = start + 3600;
  expect(await spansIn(0, 4000)).toEqual(['a', 'b', 'c']);
  there.push(at('t2', 'late', 2500));
  now += 501;
  expect(await spansIn(0, 4000)).toEqual(['a', 'b', 'c', 'late']);
  // A third of the older one's age has not passed yet.
  expect(asked.slice(1)).toEqual([[2000, 4000]]);
  now += 300;
  await spansIn(0, 4000);
  expect(asked.slice(2)).toEqual([[0, 2000]]);
  now = start + 64_001;
  await spansIn(0, 4000);
  now += 3_600_000;
  await spansIn(0, 4000);
  expect(asked.slice(3)).toEqual([[0, 4000]]);
});

test('a span that comes to an old trace later is there when its own time has been asked for', async () => {
  expect(await spansIn(0, 2000)).toEqual(['a', 'b']);
  there.push(at('t1', 'receiver', 90_000));
  expect(await spansIn(0, 2000)).toEqual(['a', 'b']);
  await spansIn(89_000, 91_000);
  expect(await spansIn(0, 2000)).toEqual(['a', 'b', 'receiver']);
});

test('a failure is everybody’s who waits for it, and nobody’s after it', async () => {
  let fails = true;
  slices = new SlicedTraces(
    (...range) => (fails ? Promise.reject(new Error('down')) : find(...range)),
    () => now,
  );
  const both = await Promise.allSettled([spansIn(0, 4000), spansIn(0, 2000)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await spansIn(0, 4000)).toEqual(['a', 'b', 'c']);
});

test('nothing is asked for an impossible window, and a window of days is refused', async () => {
  expect(await spansIn(10, 10)).toEqual([]);
  expect(await spansIn(Number.NaN, 10)).toEqual([]);
  expect(asked).toEqual([]);
  await expect(spansIn(0, 3 * 86_400_000)).rejects.toMatchObject({ code: 'backend-too-much' });
  await expect(spansIn(0, Infinity)).rejects.toMatchObject({ code: 'backend-too-much' });
});

const crowd = (from: number): Span[] =>
  Array.from({ length: 60_000 }, (_, index) => at(`crowd-${from}-${index}`, 'x', from));

test('more than can be kept is forgotten, what was asked for longest ago first', async () => {
  there = [...crowd(0), ...crowd(2000), ...crowd(4000)];
  for (const from of [0, 2000, 0, 4000]) await spansIn(from, from + 2000);
  asked = [];
  for (const from of [4000, 0, 2000]) await spansIn(from, from + 2000);
  expect(asked).toEqual([[2000, 4000]]);
});
