import { describe, expect, it } from 'vitest';
import type { Backend, Window } from '../../../orchestrator/backends/backend.ts';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import { play } from '../../../orchestrator/conductor/play.ts';
import type { Cue } from '../../../orchestrator/show/show.ts';
import type { Talk, TalkPart } from '../../../orchestrator/talk/talk.ts';
import { repeatingTrace, talk, twoActs } from '../../support/fake-run.ts';
import { act, expectation, fakeBackend, fakeStage, injection, judgeAfter, of, show } from '../../support/fake-stage.ts';

function talkOf(sections: Readonly<Record<string, readonly TalkPart[]>>): Talk {
  const at = { file: 'talk.en.md', line: 1, col: 1 };
  return {
    language: 'en',
    file: 'talk.en.md',
    acts: {
      slow: {
        at,
        sections: Object.entries(sections).map(([cue, parts]) => ({ at, parts, ...(cue === 'start' ? {} : { cue }) })),
      },
    },
  };
}

const say = (text: string): TalkPart => ({ kind: 'say', text });
const showTrace = { kind: 'show-trace', service: 'catalog', route: 'GET /products', pick: 'slowest' } as const;

function slow(cues: readonly Cue[]) {
  return show(act('slow', { injections: [injection()], expectations: [expectation()], cues }));
}

function said(events: readonly RunEvent[]): readonly string[] {
  const start = events[0]?.at ?? 0;
  return of(events, 'cue').map(
    ({ at, cue = 'start', parts }) =>
      `${at - start} ${cue}: ${parts.map((part) => (part.kind === 'say' ? part.text : part.kind)).join()}`,
  );
}

describe('the talk', () => {
  it('is said at the start of the act, at times, and at the first moment of each kind', async () => {
    const moments = ['injected', 'proven', 'met', 'healing', 'healed'] as const;
    const cues: Cue[] = [
      { name: 'later', when: { atMs: 20_000 } },
      ...moments.map((moment) => ({ name: moment, when: { moment } })),
    ];
    const sections = Object.fromEntries(['start', 'later', ...moments].map((name) => [name, [say(name)]]));
    const stage = fakeStage({ talk: talkOf(sections) });
    await play(slow(cues), stage);
    expect(said(stage.events)).toEqual([
      '0 start: start',
      '5000 injected: injected',
      '5000 proven: proven',
      '13000 met: met',
      '20000 later: later',
      '60000 healing: healing',
      '68000 healed: healed',
    ]);
  });

  it('leaves out what comes only after the act', async () => {
    const stage = fakeStage({ talk: talkOf({ start: [say('start')], met: [say('never')], late: [say('never')] }) });
    stage.fault.on.proof = async () => ({ proven: false, evidence: '' });
    await play(
      slow([
        { name: 'met', when: { moment: 'met' } },
        { name: 'late', when: { atMs: 200_000 } },
      ]),
      stage,
    );
    expect(said(stage.events)).toEqual(['0 start: start']);
    expect(stage.clock.sleepers).toBe(0);
  });

  it('tells of a cue that has no section, for whoever follows the cues', async () => {
    const stage = fakeStage();
    await play(slow([{ name: 'now', when: { atMs: 1_000 } }]), stage);
    expect(said(stage.events)).toEqual(['1000 now: ']);
  });

  it('shows the slowest trace of the act, with its link, and waits until there is one', async () => {
    const asked: Window[] = [];
    const fast = repeatingTrace(2);
    const slowest = repeatingTrace();
    const quick = { ...fast, traceId: 'fast', spans: fast.spans.map((span) => ({ ...span, durationMs: 1 })) };
    const withRoutes = [quick, slowest].map((trace) => ({
      ...trace,
      spans: trace.spans.map((span) => ({
        ...span,
        attributes: span.kind === 'server' ? { 'http.request.method': 'GET', 'http.route': '/products' } : {},
      })),
    }));
    const backend = fakeBackend({
      traces: async (window, filter) => {
        asked.push(window);
        expect(filter).toEqual({ service: 'catalog', route: 'GET /products', limit: 50 });
        return asked.length === 1 ? [] : withRoutes;
      },
      link: (page) => (page.of === 'trace' ? `http://127.0.0.1/${page.traceId}` : undefined),
    });
    const acts = show(act('calm', { forMs: 10_000 }), ...slow([]).acts);
    const stage = fakeStage({ backends: [backend], talk: talkOf({ start: [showTrace] }) });
    await play(acts, stage);
    const start = stage.events[0]?.at ?? 0;
    expect(asked.map(({ from, to }) => [from - start, to - start])).toEqual([
      [10_000, 10_001],
      [10_000, 11_001],
    ]);
    expect(said(stage.events)).toEqual(['11000 start: trace']);
    expect(of(stage.events, 'cue')[0]?.parts).toMatchObject([
      { kind: 'trace', trace: { traceId: slowest.traceId }, link: `http://127.0.0.1/${slowest.traceId}` },
    ]);
  });

  it('shows the newest trace of the whole run', async () => {
    const asked: Window[] = [];
    const traces: Backend['traces'] = async (window) => {
      asked.push(window);
      return [repeatingTrace()];
    };
    const stage = fakeStage({
      backends: [fakeBackend({ traces })],
      talk: talkOf({ start: [{ ...showTrace, pick: 'newest' }] }),
    });
    await play(show(act('calm', { forMs: 10_000 }), ...slow([]).acts), stage);
    expect(asked.map(({ from }) => from - (stage.events[0]?.at ?? 0))).toEqual([0]);
    expect(said(stage.events)).toEqual(['10000 start: trace']);
  });

  it('waits for a trace no longer than 15 seconds, and not beyond the act', async () => {
    const stage = fakeStage({ talk: talkOf({ start: [showTrace], late: [showTrace] }) });
    await play(slow([{ name: 'late', when: { atMs: 80_000 } }]), stage);
    expect(said(stage.events)).toEqual(['15000 start: trace']);
    expect(of(stage.events, 'trouble')).toEqual([]);
    expect(stage.clock.sleepers).toBe(0);
  });

  it('shows the three attribute values that tell the failing requests of the act from the others', async () => {
    const asked: unknown[] = [];
    const common = { attribute: 'country', goodShare: 0.1 };
    const tendency: Backend['tendency'] = async (window, filter) => {
      asked.push(window, filter);
      const counts = { badCount: 9, goodCount: 8, lift: 5, traceIds: ['a'] };
      return ['CH', 'DE', 'AT', 'FR'].map((value, index) => ({ ...common, ...counts, value, badShare: 1 - index / 4 }));
    };
    const part = { kind: 'show-tendency', service: 'checkout', route: 'POST /orders', of: 'errors' } as const;
    const stage = fakeStage({ backends: [fakeBackend({ tendency })], talk: talkOf({ look: [part] }) });
    await play(slow([{ name: 'look', when: { atMs: 20_000 } }]), stage);
    const start = stage.events[0]?.at ?? 0;
    expect(asked).toEqual([
      { from: start, to: start + 20_001 },
      { service: 'checkout', route: 'POST /orders', bad: { error: true } },
    ]);
    const top = ['CH', 'DE', 'AT'].map((value, index) => ({ ...common, value, badShare: 1 - index / 4 }));
    expect(of(stage.events, 'cue')[0]?.parts).toEqual([
      { kind: 'tendency', service: 'checkout', route: 'POST /orders', top },
    ]);
  });

  it('is said at `met` when all that must appear is met, and at `healed` when all is well again', async () => {
    const judge = judgeAfter(({ kind, spec }) => (kind.timing(spec.params) === 'stays' ? 500 : spec.withinMs));
    const cues = (['met', 'healed'] as const).map((moment): Cue => ({ name: moment, when: { moment } }));
    const expectations = [
      expectation('latency', { withinMs: 3_000 }),
      expectation('latency', { withinMs: 12_000 }),
      expectation('quiet'),
    ];
    const stage = fakeStage({ judge, talk: talkOf({ met: [say('met')], healed: [say('healed')] }) });
    await play(show(act('slow', { injections: [injection()], expectations, cues })), stage);
    expect(said(stage.events)).toEqual(['17000 met: met', '72000 healed: healed']);
  });

  it('leaves out what is said at `met` when only a part of it is', async () => {
    const judge = judgeAfter(({ spec }) => (spec.minRequests === 1 ? 600_000 : 1_000));
    const expectations = [expectation(), expectation('latency', { minRequests: 1 })];
    const stage = fakeStage({ judge, talk: talkOf({ met: [say('met')] }) });
    const cues: Cue[] = [{ name: 'met', when: { moment: 'met' } }];
    await play(show(act('slow', { injections: [injection()], expectations, cues })), stage);
    expect(said(stage.events)).toEqual([]);
  });

  it('asks for failed traces only where a failed one is to be shown', async () => {
    const filters: unknown[] = [];
    const traces = async (_: Window, filter: unknown): Promise<readonly []> => {
      filters.push(filter);
      return [];
    };
    const stage = fakeStage({
      backends: [fakeBackend({ traces })],
      talk: talkOf({ start: [{ ...showTrace, pick: 'failed' }] }),
    });
    await play(slow([]), stage);
    expect(filters[0]).toEqual({ service: 'catalog', route: 'GET /products', limit: 5, error: true });
    expect(of(stage.events, 'cue')[0]?.parts).toEqual([{ kind: 'trace', service: 'catalog', route: 'GET /products' }]);
  });

  it('goes on, and says why, when there is nothing to show', async () => {
    const stage = fakeStage({
      backends: [fakeBackend({ traces: () => Promise.reject(new Error('query API is down')) })],
      talk: talkOf({ start: [say('look'), showTrace, { kind: 'show-servers' }] }),
      servers: () => new Promise(() => undefined),
    });
    const played = await play(slow([]), stage);
    expect(played.outcome).toBe('passed');
    expect(said(stage.events)).toEqual(['3000 start: look,trace']);
    expect(of(stage.events, 'trouble').map(({ message }) => message)).toEqual([
      'nothing to show for the trace of catalog GET /products: query API is down',
      'nothing to show for the server monitor: server monitor took longer than 3000 ms',
    ]);
  });

  it('shows what a server monitor sees', async () => {
    const stage = fakeStage({ talk });
    await play(twoActs, stage);
    expect(of(stage.events, 'cue').find(({ cue }) => cue === 'seen')?.parts).toEqual([
      { kind: 'servers', up: 10, expected: 10, cpuPercent: 31.4, memoryMb: 640 },
    ]);
  });
});
