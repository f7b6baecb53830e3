import { describe, expect, it } from 'vitest';
import { formatTimeline } from '../../../orchestrator/show/format-timeline.ts';
import { loadShow } from '../../../orchestrator/show/load-show.ts';
import type { Show } from '../../../orchestrator/show/show.ts';
import { plannedActs, type Step, timelineOf } from '../../../orchestrator/show/timeline.ts';
import { smallCatalogue } from '../../support/small-catalogue.ts';

const text = `show: a-show
title: {en: A show, ja: ショー}
load: {profile: shoppers, rate: 90/min}
acts:
  - {act: calm, for: 40s, expect: [{quiet: {services: all}}]}
  - act: slow
    title: {en: Slow, ja: 遅い}
    for: 1m
    advance: evidence
    faults:
      - {inject: slow-third-party, at: 10s, for: 20s, intensity: 50%}
      - {inject: n-plus-one, at: 5s}
    expect:
      - latency: {service: catalog, p95: '>= 3x baseline', within: 20s}
      - quiet: {services: [storefront]}
    heals: {within: 15s}
    cues: {look: 12s, started: injected, seen: met, well: healed, fixing: healing}
  - {act: after, for: 1500ms}
`;

function showOf(): Show {
  const { show, problems } = loadShow({ file: 'show.yaml', text }, smallCatalogue);
  if (!show) throw new Error(problems.map(({ message }) => message).join('; '));
  return show;
}

function nameOf(step: Step): string {
  if ('injection' in step) return step.injection.fault;
  if ('cue' in step) return `${step.cue.name}${step.exact ? '' : ' at the earliest'}`;
  return 'expectation' in step ? step.expectation.kind : '';
}

describe('the timeline of a show', () => {
  const timeline = timelineOf(showOf());

  it('puts act after act, each with the time to heal behind it', () => {
    expect(timeline.acts.map(({ act, startMs, playMs, healMs }) => [act.name, startMs, playMs, healMs])).toEqual([
      ['calm', 0, 40_000, 0],
      ['slow', 40_000, 60_000, 15_000],
      ['after', 115_000, 1500, 0],
    ]);
    expect(timeline.totalMs).toBe(116_500);
  });

  it('has every step of an act by time', () => {
    expect(timeline.acts[1]?.steps.map((step) => [step.atMs, step.kind, nameOf(step)])).toEqual([
      [5000, 'inject', 'n-plus-one'],
      [5000, 'cue', 'started'],
      [10_000, 'inject', 'slow-third-party'],
      [10_000, 'cue', 'seen at the earliest'],
      [12_000, 'cue', 'look'],
      [30_000, 'undo', 'slow-third-party'],
      [30_000, 'judge', 'latency'],
      [60_000, 'undo', 'n-plus-one'],
      [60_000, 'cue', 'well at the earliest'],
      [60_000, 'cue', 'fixing'],
      [60_000, 'judge', 'quiet'],
      [75_000, 'healed', ''],
    ]);
  });

  it('gives the acts as a run announces them', () => {
    expect(plannedActs(timeline)[1]).toEqual({
      act: 'slow',
      title: { en: 'Slow', ja: '遅い' },
      startMs: 40_000,
      forMs: 60_000,
      healMs: 15_000,
    });
  });
});

it('is printed in columns, with times from the start of the show', () => {
  expect(formatTimeline(showOf(), smallCatalogue.kinds))
    .toBe(`A show (a-show): 1m56.5s, shoppers at 1.5/s, asks embedded

  0:00.0  act calm   40s, advances by clock
≤ 0:40.0    expect   {"services":"all"}
  0:40.0  act slow   1m + heals within 15s, advances by evidence, “Slow”
  0:45.0    inject   n-plus-one on catalog
  0:45.0    cue      started
  0:50.0    inject   slow-third-party on payment->bank, 50% of requests
≥ 0:50.0    cue      seen
  0:52.0    cue      look
  1:10.0    undo     slow-third-party
≤ 1:10.0    expect   {"service":"catalog","p95":">= 3x baseline"}
  1:40.0    undo     n-plus-one
≥ 1:40.0    cue      well
  1:40.0    cue      fixing
≤ 1:40.0    expect   {"services":["storefront"]}
≤ 1:55.0    healed
  1:55.0  act after  1.5s, advances by clock
`);
});

it('is headed in the language asked for', () => {
  expect(formatTimeline(showOf(), smallCatalogue.kinds, 'ja')).toMatch(/^ショー \(a-show\)[^]*“遅い”/);
});
