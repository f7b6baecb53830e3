import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { loadName, type LoadWiring } from '../conductor/loads.ts';
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
import { chooseEngine } from '../load/choose.ts';
import type { LoadEngine, LoadRun } from '../load/engine.ts';
import { chooseRuntime } from '../runtime/choose.ts';
import { guardFolder } from '../runtime/process/guard-folder.ts';
import type { Reach, RunningShop, Runtime } from '../runtime/runtime.ts';
import { lookUp } from '../show/catalogue.ts';
import type { LoadSpec, Show } from '../show/show.ts';
import { plannedMs, timelineOf } from '../show/timeline.ts';
import { startTap } from '../telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../telemetry/store.ts';
import type { Tap } from '../telemetry/tap.ts';
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
  /** Why this load engine, likewise. */
  readonly whyEngine?: string;
}

export async function chooseAdapters(
  host: Pick<Host, 'cwd' | 'env'>,
  { runtime, engine: name, k6, config }: Pick<PlayOptions, 'runtime' | 'engine' | 'k6' | 'config'>,
): Promise<Adapters> {
  const { backends } = await readConfig(host, { path: config });
  const { engine, why } = await chooseEngine(name, { env: host.env, ...(k6 !== undefined && { k6 }) });
  return {
    backends,
    ...(await chooseRuntime(runtime)),
    engine,
    ...(why !== undefined && { whyEngine: why }),
    faults: catalogue,
    kinds: expectationKinds,
  };
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
      const started = await startTapAndStore(plan, await theReach(), fanOut);
      ({ store } = started);
      return started.tap;
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
      for (const why of [adapters.why, adapters.whyEngine]) if (why !== undefined) wiring.progress(why);
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
    load: (running, spec, wiring) => startLoad({ engine: adapters.engine, plan, running }, spec, wiring),
  };
}

/** The tap, and its store in the run's folder, where the store goes with this process, however that ends. */
async function startTapAndStore(
  { id, runDir, backends }: Plan,
  reached: Reach,
  fanOut: ReturnType<typeof createFanOut>,
): Promise<{ readonly tap: Tap; readonly store: TelemetryStore }> {
  const dir = join(runDir, 'telemetry');
  const guard = guardFolder(`${id}-telemetry`, dir);
  let opened: TelemetryStore | undefined;
  const close = async (): Promise<void> => {
    await opened?.close();
    await guard.release();
  };
  try {
    const store = (opened = await openTelemetryStore({ dir }));
    // The embedded backend reads the tap's own store.
    const forwarding = backends.some(({ kind }) => kind !== 'embedded') && { onAccepted: fanOut.onAccepted };
    const tap = await startTap({ store, host: reached.listen, ...forwarding });
    const endpoint = seenBy(reached.host, tap.endpoint);
    return { store, tap: { ...tap, endpoint, close: () => tap.close().then(close) } };
  } catch (error) {
    await close();
    throw error;
  }
}

interface LoadGround {
  readonly engine: LoadEngine;
  readonly plan: Plan;
  readonly running: RunningShop;
}

async function startLoad(
  { engine, plan: { runDir, show, open }, running }: LoadGround,
  spec: LoadSpec,
  wiring: LoadWiring,
): Promise<LoadRun> {
  const profile = lookUp(open.profiles, spec.profile);
  if (!profile) throw new Error(`the show was accepted with an unknown load profile ${spec.profile}`);
  const name = processName(show.load, spec);
  const run = await engine.start({
    script: profile.script,
    env: { SEED: '1', ...spec.env, BASE_URL: running.url, RATE: String(spec.rate), ...lengthOf(show, spec) },
    logFile: join(runDir, 'logs', `${name}.log`),
    ...wiring,
  });
  if (run.pid !== undefined) running.adopt(run.pid, name);
  return run;
}

/** `load` is the first one of a show; others go by their names: `load-bot-flood`, `load-shoppers-2`. */
function processName(all: readonly LoadSpec[], spec: LoadSpec): string {
  if (spec === all[0]) return 'load';
  const words = basename(loadName(all, spec)).match(/[\w-]+/g) ?? [];
  return ['load', ...words].join('-');
}

/**
 * DURATION outlasts the show, which a presenter may hold; its end stops the load. PLANNED is what its acts take if nobody holds them.
 * A load that the show gives a duration plays for so long.
 */
function lengthOf(show: Show, spec: LoadSpec): Record<string, string> {
  if (spec.durationMs !== undefined) return { DURATION: `${spec.durationMs / 1000}s` };
  const timeline = timelineOf(show);
  const longest = Math.ceil(timeline.totalMs / 1000) + 12 * 3600;
  return { DURATION: `${longest}s`, PLANNED: `${plannedMs(timeline, spec) / 1000}s` };
}

/** The same server by the name that the shop has for this machine. */
function seenBy(shopsName: string, url: string): string {
  const seen = new URL(url);
  seen.hostname = shopsName;
  return seen.href.replace(/\/$/, '');
}
