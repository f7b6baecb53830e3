import type { Trace } from '../../orchestrator/backends/backend.ts';
import { createEmitter } from '../../orchestrator/conductor/emitter.ts';
import type { RunEvent } from '../../orchestrator/conductor/events.ts';
import { perform, type Performance, type Starters } from '../../orchestrator/conductor/perform.ts';
import type { Levers } from '../../orchestrator/faults/fault.ts';
import type { LoadRun, LoadSummary } from '../../orchestrator/load/engine.ts';
import type { Report } from '../../orchestrator/reports/report.ts';
import type { RunningShop } from '../../orchestrator/runtime/runtime.ts';
import type { Show } from '../../orchestrator/show/show.ts';
import type { Talk, TalkSection } from '../../orchestrator/talk/talk.ts';
import { act, expectation, fakeBackend, fakeStage, type FakeStage, injection, show } from './fake-stage.ts';

export const summaryOfLoad: LoadSummary = {
  iterations: 900,
  requests: 4_320,
  failed: 3,
  dropped: 1,
  p95Ms: 41.6,
  lateP99Ms: 2.1,
  checks: [],
  thresholds: [],
};

const ids = (traceId: string, spanId: string, parentSpanId?: string) => ({
  traceId,
  spanId,
  ...(parentSpanId === undefined ? {} : { parentSpanId }),
});

/** A request to the catalogue that asks the database for each product's stock. */
export function repeatingTrace(queries = 40): Trace {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const span = { version: '2.5.0', status: 'unset', events: [], attributes: {}, resource: {} } as const;
  return {
    traceId,
    spans: [
      {
        ...span,
        ...ids(traceId, 'a1'),
        service: 'storefront',
        name: 'GET /api/products',
        kind: 'server',
        startMs: 1_000,
        durationMs: 200,
      },
      {
        ...span,
        ...ids(traceId, 'b1', 'a1'),
        service: 'catalog',
        name: 'GET /products',
        kind: 'server',
        startMs: 1_010,
        durationMs: 180,
      },
      ...Array.from({ length: queries }, (_, index) => ({
        ...span,
        ...ids(traceId, `c${index}`, 'b1'),
        service: 'catalog',
        name: 'pg.query:SELECT shop',
        kind: 'client' as const,
        startMs: 1_020 + index * 4,
        durationMs: 3.5,
        attributes: { 'db.query.text': 'SELECT quantity FROM stock WHERE product_id = $1' },
      })),
      {
        ...span,
        ...ids(traceId, 'd1', 'a1'),
        service: 'storefront',
        name: 'render',
        kind: 'internal',
        startMs: 1_192,
        durationMs: 5,
        status: 'error',
      },
    ],
  };
}

const at = { file: 'talk.en.md', line: 1, col: 1 };
const section = (parts: TalkSection['parts'], cue?: string): TalkSection => ({
  at,
  parts,
  ...(cue === undefined ? {} : { cue }),
});

export const talk: Talk = {
  language: 'en',
  file: 'talk.en.md',
  acts: {
    calm: {
      at,
      sections: [
        section([
          {
            kind: 'say',
            text: 'APM follows one request through every service and tells where its time goes. '.repeat(3).trim(),
          },
        ]),
        section([{ kind: 'show-trace', service: 'storefront', route: 'GET /api/products', pick: 'newest' }], 'look'),
      ],
    },
    slow: {
      at,
      sections: [
        section([
          {
            kind: 'say',
            text: 'カタログが遅くなりました。サーバー監視では、何も赤くなっていません。トレースを見ると、同じ問い合わせが四十回くり返されています。',
          },
        ]),
        section([{ kind: 'show-servers' }], 'seen'),
      ],
    },
  },
};

export const twoActs: Show = show(
  act('calm', {
    forMs: 40_000,
    expectations: [expectation('quiet')],
    cues: [{ name: 'look', when: { atMs: 10_000 } }],
  }),
  act('slow', {
    injections: [injection()],
    expectations: [expectation(), expectation('quiet')],
    cues: [{ name: 'seen', when: { moment: 'met' } }],
  }),
);

export interface FakeRun {
  readonly stage: FakeStage;
  readonly events: RunEvent[];
  /** What was started and stopped, in order. */
  readonly steps: string[];
  readonly performance: Performance;
  /** Performs and closes the listeners. */
  run(): Promise<{ readonly result: Awaited<ReturnType<typeof perform>> | undefined; readonly error: unknown }>;
}

export interface FakeRunOptions {
  readonly show?: Show;
  readonly stage?: Parameters<typeof fakeStage>[0];
  readonly start?: Partial<Starters>;
  readonly listeners?: Readonly<Record<string, Report>>;
  readonly shop?: Partial<RunningShop>;
}

/** A run of which everything outside the conductor is fake; its clock too. */
export function fakeRun(options: FakeRunOptions = {}): FakeRun {
  const stage = fakeStage({ talk, ...options.stage });
  const events: RunEvent[] = [];
  const steps: string[] = [];
  const record: Report = { event: (event) => void events.push(event), close: async () => undefined };
  const emitter = createEmitter({
    clock: stage.clock,
    listeners: { ...options.listeners, record },
    onListenerFailure: (name) => void steps.push(`${name} failed`),
  });
  const performance: Performance = {
    ...stage,
    emit: (body) => emitter.emit(body),
    id: 'run-1',
    show: options.show ?? twoActs,
    language: 'en',
    runtime: 'process',
    engine: 'embedded',
    commandStartedAt: stage.clock.now() - 1_000,
    cores: 2,
    servers: ['catalog', 'postgres'],
    start: { ...starters(stage, steps, options), ...options.start },
  };
  return {
    stage,
    events,
    steps,
    performance,
    async run() {
      const done = await perform(performance).then(
        (result) => ({ result, error: undefined }),
        (error: unknown) => ({ result: undefined, error }),
      );
      await emitter.close();
      return done;
    },
  };
}

function starters(stage: FakeStage, steps: string[], options: FakeRunOptions): Starters {
  const step = (name: string) => async () => void steps.push(name);
  return {
    async tap() {
      steps.push('tap');
      return {
        endpoint: 'http://127.0.0.1:4318',
        received: () => ({ spans: 800, metrics: 60, logs: 40 }),
        rejected: () => 0,
        spansOf: async () => 100,
        hearsOthers: async () => true,
        close: step('tap closed'),
      };
    },
    async backends() {
      steps.push('backends');
      const backend = fakeBackend({ traces: async () => [repeatingTrace()], close: step('backend closed') });
      return {
        backends: [backend],
        live: backend,
        undelivered: () => ({ dropped: 0, waiting: 0 }),
        troubles: () => [],
        counted: async () => ({ delivered: 900, dropped: 0 }),
        close: async () => undefined,
      };
    },
    async flags() {
      steps.push('flags');
      return { url: 'http://127.0.0.1:9000/flags', lever: {} as never, close: step('flags closed') };
    },
    async shop({ progress }) {
      steps.push('shop');
      await stage.clock.sleep(3_200);
      progress('postgres ready after 420 ms');
      return runningShop(stage, steps, options.shop);
    },
    async levers() {
      steps.push('levers');
      return { levers: {} as Levers, close: step('levers closed') };
    },
    async load(_shop, _spec, { onProgress, signal }) {
      steps.push('load');
      return loadRun(
        stage,
        steps,
        (index) =>
          onProgress({
            at: stage.clock.now(),
            iterations: 20,
            requests: 96 + (index % 3),
            failed: 0,
            dropped: 0,
            p50Ms: 12,
            p95Ms: 40 + index,
            vus: 4,
          }),
        signal,
      );
    },
  };
}

function runningShop(stage: FakeStage, steps: string[], over: Partial<RunningShop> = {}): RunningShop {
  return {
    url: 'http://127.0.0.1:40123',
    database: { connectionString: '' },
    network: { apiUrl: '', addressOf: () => '' },
    release: async () => undefined,
    version: () => '1.0.0',
    logs: async () => [],
    onCrash: () => undefined,
    onLost: () => undefined,
    pause: async () => undefined,
    resume: async () => undefined,
    kill: async () => undefined,
    revive: async () => undefined,
    limitCpu: async () => undefined,
    look: async () => ({ state: 'running', words: '' }),
    adopt: () => undefined,
    footprint: async () =>
      ['catalog', 'postgres'].map((name, index) => ({
        name,
        pssMb: 50 + index * 20,
        cpuSeconds: stage.clock.now() / 10_000,
      })),
    stop: async () => {
      steps.push('shop stopped');
      return [];
    },
    ...over,
  };
}

function loadRun(stage: FakeStage, steps: string[], second: (index: number) => void, signal: AbortSignal): LoadRun {
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    for (let index = 0; ; index += 1) {
      await stage.clock.sleep(1_000, AbortSignal.any([over.signal, signal]));
      second(index);
    }
  };
  beat().catch(() => undefined); // ends when it is stopped
  return {
    pid: 1,
    ended: new Promise(() => undefined),
    stop: async () => {
      over.abort();
      steps.push('load stopped');
      return summaryOfLoad;
    },
  };
}
