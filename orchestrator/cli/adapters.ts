import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../backends/backend.ts';
import { backends } from '../backends/index.ts';
import type { Performance, Starters } from '../conductor/perform.ts';
import type { ExpectationKind } from '../expectations/expectation.ts';
import { expectationKinds } from '../expectations/kinds/index.ts';
import { catalogue } from '../faults/catalogue/index.ts';
import type { Fault } from '../faults/fault.ts';
import { startFlagSource } from '../faults/levers/flag-source.ts';
import { createPostgresLever } from '../faults/levers/postgres-lever.ts';
import { createToxiproxyLever } from '../faults/levers/toxiproxy-lever.ts';
import type { Host } from '../host.ts';
import type { LoadEngine } from '../load/engine.ts';
import { loadEngines } from '../load/index.ts';
import { runtimes } from '../runtime/index.ts';
import type { Reach, Runtime } from '../runtime/runtime.ts';
import type { Show } from '../show/show.ts';
import { timelineOf } from '../show/timeline.ts';
import { startTap } from '../telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../telemetry/store.ts';
import type { OpenShow } from './open-show.ts';
import type { PlayOptions } from './options.ts';
import { cacheDir } from './xdg.ts';

/** The parts that a show is played with. A test gives others, to break one of them. */
export interface Adapters {
  readonly runtime: Runtime;
  readonly engine: LoadEngine;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly kinds: Readonly<Record<string, ExpectationKind>>;
  backend(name: string, store: TelemetryStore): Backend;
}

/** `auto` takes the first of each registry: the one that needs nothing else. */
export function chooseAdapters({ runtime, engine }: Pick<PlayOptions, 'runtime' | 'engine'>): Adapters {
  return {
    runtime: pick(runtimes, runtime),
    engine: pick(loadEngines, engine),
    faults: catalogue,
    kinds: expectationKinds,
    backend: (name, store) => pick(backends, name)({ store }),
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
}

export const cores = availableParallelism;

/** How each part of a run is started, from the parts chosen, and what came of its telemetry; given to `perform`. */
export function starters(
  adapters: Adapters,
  { id, runDir, show, open, host }: Plan,
): Pick<Performance, 'start' | 'delivered'> {
  const { shop, profile } = open;
  let store: TelemetryStore | undefined;
  const theStore = (): TelemetryStore => {
    if (store) return store;
    throw new Error('the telemetry store is opened with the tap');
  };
  let reach: Promise<Reach> | undefined;
  const theReach = (): Promise<Reach> => (reach ??= adapters.runtime.reach());
  const start: Starters = {
    async tap() {
      const { listen, host } = await theReach();
      store = await openTelemetryStore({ dir: join(runDir, 'telemetry') });
      try {
        const tap = await startTap({ store, host: listen });
        const endpoint = seenBy(host, tap.endpoint);
        return { ...tap, endpoint, close: () => tap.close().then(() => theStore().close()) };
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    backends: async () => show.backends.map((name) => adapters.backend(name, theStore())),
    async flags() {
      const { listen, host } = await theReach();
      const source = await startFlagSource({ definitions: shop.flags, host: listen });
      return { ...source, url: seenBy(host, source.url) };
    },
    shop: (wiring) =>
      adapters.runtime.start({ runId: id, shop, seed: '42', runDir, cacheDir: cacheDir(host.env), ...wiring }),
    async levers(running, flags) {
      const database = createPostgresLever(running.database.connectionString);
      const network = createToxiproxyLever(running.network);
      return { levers: { flags, database, network, shop: running }, close: () => database.close() };
    },
    async load(running, onProgress, signal) {
      const run = await adapters.engine.start({
        script: profile.script,
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
    },
  };
  // The only backend so far reads the tap's own store.
  const delivered = async () => {
    const { written, lost } = await theStore().count();
    return { delivered: written, dropped: lost };
  };
  return { start, delivered };
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
