import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Starters } from '../conductor/perform.ts';
import { readConfig } from '../config/read-config.ts';
import type { ExpectationKind } from '../expectations/expectation.ts';
import { expectationKinds } from '../expectations/kinds/index.ts';
import { catalogue } from '../faults/catalogue/index.ts';
import type { Fault } from '../faults/fault.ts';
import { startFlagSource } from '../faults/levers/flag-source.ts';
import { createPostgresLever } from '../faults/levers/postgres-lever.ts';
import { createToxiproxyLever } from '../faults/levers/toxiproxy-lever.ts';
import type { Host } from '../host.ts';
import type { LoadEngine, LoadPlan, LoadRun } from '../load/engine.ts';
import { loadEngines } from '../load/index.ts';
import { chooseRuntime } from '../runtime/choose.ts';
import type { Reach, RunningShop, Runtime } from '../runtime/runtime.ts';
import type { Show } from '../show/show.ts';
import { timelineOf } from '../show/timeline.ts';
import { startTap } from '../telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../telemetry/store.ts';
import type { ConfiguredBackend } from '../config/config.ts';
import { createFanOut, startAsked } from './asked.ts';
import type { OpenShow } from './open-show.ts';
import type { PlayOptions } from './options.ts';
import { shopSeed } from '../runtime/shop-seed.ts';
import { cacheDir, toolsDir } from './xdg.ts';

/** The parts that a show is played with. A test gives others, to break one of them. */
export interface Adapters {
  readonly runtime: Runtime;
  readonly engine: LoadEngine;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly kinds: Readonly<Record<string, ExpectationKind>>;
  /** Those that the show may name. */
  readonly backends: Readonly<Record<string, ConfiguredBackend>>;
  /** Why this runtime, where that was left to us. */
  readonly why?: string;
}

/** `auto` takes the first load engine: the one that needs nothing else. */
export async function chooseAdapters(
  host: Pick<Host, 'cwd' | 'env'>,
  { runtime, engine, config }: Pick<PlayOptions, 'runtime' | 'engine' | 'config'>,
): Promise<Adapters> {
  return {
    backends: (await readConfig(host, { path: config })).backends,
    ...(await chooseRuntime(runtime)),
    engine: pick(loadEngines, engine),
    faults: catalogue,
    kinds: expectationKinds,
  };
}

function pick<T>(registry: Readonly<Record<string, T>>, name: string): T {
  const found = name === 'auto' ? Object.values(registry)[0] : registry[name];
  if (found === undefined) throw new Error(`no adapter is called ${name}`);
  return found;
}

export interface Plan {
  readonly id: string;
  readonly runDir: string;
  readonly show: Show;
  readonly open: OpenShow;
  readonly host: Host;
  /** Those that the show asks. */
  readonly backends: readonly ConfiguredBackend[];
  /** Binaries of programs that backends consist of, by name. */
  readonly binaries: Readonly<Record<string, string>>;
}

export const cores = availableParallelism;

/** How each part of a run is started, from the parts chosen; given to `perform`. */
export function starters(adapters: Adapters, plan: Plan): Starters {
  const { id, runDir, open, host } = plan;
  const { shop } = open;
  const fanOut = createFanOut();
  let store: TelemetryStore | undefined;
  const theStore = (): TelemetryStore => {
    if (store) return store;
    throw new Error('the telemetry store is opened with the tap');
  };
  let reach: Promise<Reach> | undefined;
  const theReach = (): Promise<Reach> => (reach ??= adapters.runtime.reach());
  return {
    async tap() {
      const reached = await theReach();
      store = await openTelemetryStore({ dir: join(runDir, 'telemetry') });
      try {
        // The embedded backend reads the tap's own store.
        const forwarding = plan.backends.some(({ kind }) => kind !== 'embedded') && { onAccepted: fanOut.onAccepted };
        const tap = await startTap({ store, host: reached.listen, ...forwarding });
        const endpoint = seenBy(reached.host, tap.endpoint);
        return { ...tap, endpoint, close: () => tap.close().then(() => theStore().close()) };
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    backends: ({ signal, progress }) =>
      startAsked(plan.backends, theStore(), {
        id,
        runDir,
        env: host.env,
        toolsDir: toolsDir(host.env),
        signal,
        progress,
        fanOut,
        binaries: plan.binaries,
      }),
    async flags() {
      const reached = await theReach();
      const source = await startFlagSource({ definitions: shop.flags, host: reached.listen });
      return { ...source, url: seenBy(reached.host, source.url) };
    },
    shop(wiring) {
      if (adapters.why) wiring.progress(adapters.why);
      return adapters.runtime.start({
        runId: id,
        shop,
        seed: shopSeed,
        runDir,
        cacheDir: cacheDir(host.env),
        ...wiring,
      });
    },
    async levers(running, flags) {
      const database = createPostgresLever(running.database.connectionString);
      const network = createToxiproxyLever(running.network);
      return { levers: { flags, database, network, shop: running }, close: () => database.close() };
    },
    load: (running, onProgress, signal) => startLoad(adapters.engine, plan, { running, onProgress, signal }),
  };
}

async function startLoad(
  engine: LoadEngine,
  { runDir, show, open }: Plan,
  { running, onProgress, signal }: Pick<LoadPlan, 'onProgress' | 'signal'> & { readonly running: RunningShop },
): Promise<LoadRun> {
  const run = await engine.start({
    script: open.profile.script,
    env: {
      ...show.load.env,
      BASE_URL: running.url,
      RATE: String(show.load.rate),
      DURATION: `${longestSeconds(show)}s`,
      SEED: show.load.env['SEED'] ?? '1',
    },
    logFile: join(runDir, 'logs', 'load.log'),
    signal,
    onProgress,
  });
  if (run.pid !== undefined) running.adopt(run.pid, 'load');
  return run;
}

/** The same server by the name that the shop has for this machine. */
function seenBy(shopsName: string, url: string): string {
  const seen = new URL(url);
  seen.hostname = shopsName;
  return seen.href.replace(/\/$/, '');
}

/** The load must outlast a show that its presenter holds; the end of the show stops it. */
function longestSeconds(show: Show): number {
  return Math.ceil(timelineOf(show).totalMs / 1000) + 12 * 3600;
}
