import { z } from 'zod';
import type { Backend } from '../../orchestrator/backends/backend.ts';
import type { RunEvent, RunEventBody } from '../../orchestrator/conductor/events.ts';
import type { Stage } from '../../orchestrator/conductor/stage.ts';
import type { ExpectationKind } from '../../orchestrator/expectations/expectation.ts';
import type { JudgeContext } from '../../orchestrator/expectations/context.ts';
import type { Fault, Injected, Levers, Proof } from '../../orchestrator/faults/fault.ts';
import type { Act, ExpectationSpec, Injection, Show } from '../../orchestrator/show/show.ts';
import { FakeClock } from './fake-clock.ts';

const at = { file: 'show.yaml', line: 1, col: 1 };

export function injection(over: Partial<Injection> = {}): Injection {
  return { fault: 'slow-wire', on: 'payment->bank', atMs: 5_000, intensity: 1, ttlMs: 600_000, with: {}, at, ...over };
}

export function expectation(kind = 'latency', over: Partial<ExpectationSpec> = {}): ExpectationSpec {
  return { kind, params: { service: 'payment' }, withinMs: 30_000, at, ...over };
}

export function act(name: string, over: Partial<Act> = {}): Act {
  const faulty = (over.injections ?? []).length > 0;
  return {
    name,
    title: { en: name, ja: name },
    forMs: 60_000,
    advance: 'clock',
    injections: [],
    expectations: [],
    healsWithinMs: faulty ? 30_000 : 0,
    cues: [],
    at,
    ...over,
  };
}

export function show(...acts: Act[]): Show {
  return {
    name: 'test-show',
    file: 'show.yaml',
    title: { en: 'Test', ja: '試験' },
    backends: ['embedded'],
    load: [{ profile: 'shoppers', rate: 20, env: {} }],
    acts,
  };
}

/** A fault of which a test says how it goes; it knows whether it is in force. */
class FakeFault implements Fault {
  readonly story = '';
  readonly mechanism = '';
  readonly signature = '';
  readonly needs = [];
  readonly targets = ['payment->bank'];
  readonly traffic = [];
  readonly with = z.unknown();
  inForce = 0;
  injectedAt: number[] = [];
  undoneAt: number[] = [];
  /** What each step does beside its bookkeeping. */
  on: {
    inject?: () => Promise<void>;
    proof?: () => Promise<Proof>;
    undo?: () => Promise<void>;
    undone?: () => Promise<Proof>;
  } = {};
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async inject(): Promise<Injected> {
    await this.on.inject?.();
    this.inForce += 1;
    this.injectedAt.push(this.#clock.now());
    return {
      proof: this.on.proof ?? (async () => ({ proven: this.inForce > 0, evidence: `${this.inForce} in force` })),
      undo: async () => {
        await this.on.undo?.();
        this.inForce -= 1;
        this.undoneAt.push(this.#clock.now());
      },
      undone: this.on.undone ?? (async () => ({ proven: this.inForce === 0, evidence: `${this.inForce} in force` })),
    };
  }
}

export function fakeKind(over: Partial<ExpectationKind> = {}): ExpectationKind {
  const judgement = { outcome: 'met', reason: '' } as const;
  return {
    params: z.unknown(),
    text: () => 'payment POST /payments p95 >= 3x baseline',
    targets: () => [],
    asks: ['endpoints'],
    timing: () => 'appears',
    minRequests: 20,
    observe: async () => ({ requests: 100, values: {}, traceIds: [] }),
    judge: () => judgement,
    healed: () => judgement,
    ...over,
  };
}

/** The same kind, with nothing to heal. */
export function unhealing({ healed: _healed, ...rest }: ExpectationKind): ExpectationKind {
  return rest;
}

export const kinds: Readonly<Record<string, ExpectationKind>> = {
  latency: fakeKind(),
  quiet: unhealing(fakeKind({ timing: () => 'stays', text: () => 'catalog is unchanged' })),
};

const nothing = async (): Promise<readonly never[]> => [];

/** A backend that has seen nothing, but for what a test gives it. */
export function fakeBackend(over: Partial<Backend> = {}): Backend {
  return {
    name: 'embedded',
    how: {
      endpoints: 'native',
      queries: 'native',
      traces: 'native',
      errors: 'native',
      dependencies: 'native',
      tendency: 'computed',
      logs: 'native',
      metrics: 'native',
    },
    remarks: {},
    pace: { delayMs: 0, answerMs: 5000, everyMs: 500 },
    version: async () => '1.0.0',
    endpoints: nothing,
    queries: nothing,
    traces: nothing,
    trace: async () => undefined,
    errors: nothing,
    dependencies: nothing,
    tendency: nothing,
    logs: nothing,
    metrics: nothing,
    link: () => undefined,
    close: async () => undefined,
    ...over,
  };
}

function answer({ kind, spec, backend }: JudgeContext, met: boolean) {
  const common = { text: kind.text(spec.params), backend: backend.name };
  return met
    ? ({ ...common, verdict: 'met', reason: 'seen' } as const)
    : ({ ...common, verdict: 'not-met', reason: 'not seen' } as const);
}

/** Says `met` so many ms after `since` (or after it may judge, for what stays), and `not-met` where that is after the deadline. */
export function judgeAfter(
  ms: number | ((context: JudgeContext) => number),
  seen: JudgeContext[] = [],
): Stage['judge'] {
  const wait = async (context: JudgeContext): Promise<{ met: boolean; after: number }> => {
    seen.push(context);
    await context.settled;
    const takes = typeof ms === 'number' ? ms : ms(context);
    const start = context.kind.timing(context.spec.params) === 'stays' ? context.clock.now() : context.since;
    const until = Math.min(start + takes, context.deadline);
    await context.clock.sleep(until - context.clock.now(), context.signal);
    return { met: start + takes <= context.deadline, after: takes };
  };
  return {
    expectation: async (context) => {
      const { met, after } = await wait({
        ...context,
        settled: context.kind.timing(context.spec.params) === 'stays' ? context.settled : Promise.resolve(),
      });
      return {
        ...answer(context, met),
        kind: context.spec.kind,
        how: 'native',
        timeToVisibleMs: met && context.kind.timing(context.spec.params) === 'appears' ? after : null,
        evidence: { before: { p95Ms: 20 }, now: { p95Ms: 812.4 }, traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'] },
      };
    },
    recovery: async (context) => {
      const { met, after } = await wait(context);
      return { ...answer(context, met), healedMs: met ? after : null };
    },
  };
}

export interface FakeStage extends Stage {
  readonly clock: FakeClock;
  readonly fault: FakeFault;
  readonly events: RunEvent[];
  /** Aborts the stage's signal. */
  readonly interrupt: () => void;
}

export function fakeStage(over: Partial<Stage> = {}): FakeStage {
  const clock = new FakeClock();
  const fault = new FakeFault(clock);
  const events: RunEvent[] = [];
  const interrupt = new AbortController();
  return {
    clock,
    fault,
    events,
    interrupt: () => interrupt.abort(new Error('SIGINT')),
    signal: interrupt.signal,
    backends: [fakeBackend()],
    live: over.backends?.[0] ?? fakeBackend(),
    faults: { 'slow-wire': fault },
    kinds,
    levers: {} as Levers,
    loads: { enter: () => undefined, requestsSent: () => 1_000, failed: () => false },
    spansReceived: async () => 1_000,
    othersHeard: async () => true,
    undelivered: () => ({ dropped: 0, waiting: 0 }),
    judge: judgeAfter((context) => (context.kind.timing(context.spec.params) === 'stays' ? 500 : 8_000)),
    talk: undefined,
    servers: async () => ({ kind: 'servers', up: 10, expected: 10, cpuPercent: 31.4, memoryMb: 640 }),
    cues: { next: () => new Promise(() => undefined) },
    emit: (body: RunEventBody) => void events.push({ at: clock.now(), ...body }),
    ...over,
  } as FakeStage;
}

/** The events of one type, without their time. */
export function of<T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
): readonly Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}
