import type { Backend } from '../backends/backend.ts';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Levers } from '../faults/fault.ts';
import type { FlagLever } from '../faults/levers/flags.ts';
import type { LoadRun } from '../load/engine.ts';
import type { RunningShop } from '../runtime/runtime.ts';
import type { Language, LoadSpec, Show } from '../show/show.ts';
import type { Tap } from '../telemetry/tap.ts';
import { type CleanUp, type CleanUpFailure, createCleanUp } from './clean-up.ts';
import { aborted } from './deadline.ts';
import type { Delivery } from './events.ts';
import { createLoads, type LoadWiring } from './loads.ts';
import { play, type Played } from './play.ts';
import { createServerMonitor } from './server-monitor.ts';
import type { Stage } from './stage.ts';
import { startBackends } from './start-backends.ts';
import { withTimeFor } from './time-for.ts';
import { told } from './told.ts';
import { watch } from './watch.ts';

const footprintEveryMs = 2_000;
/** A start is short, and its peaks are shorter. */
const startFootprintEveryMs = 500;

/** How to start what a run needs. Each starter leaves nothing behind when it throws. */
export interface Starters {
  tap(): Promise<Tap>;
  backends(wiring: Pick<Wiring, 'signal' | 'progress'>): Promise<Asked>;
  /** The server that services stream their flags from. */
  flags(): Promise<FlagSource>;
  shop(wiring: Wiring): Promise<RunningShop>;
  levers(shop: RunningShop, flags: FlagLever): Promise<{ readonly levers: Levers; close(): Promise<void> }>;
  /** One load of the show; called for each, when it is to play. */
  load(shop: RunningShop, spec: LoadSpec, wiring: LoadWiring): Promise<LoadRun>;
}

/** The backends of a run, and how much of the telemetry they have. */
export interface Asked {
  readonly backends: readonly Backend[];
  /** What live values of the talk are asked of. */
  readonly live: Backend;
  readonly undelivered: Stage['undelivered'];
  /** What keeps telemetry from a backend now, or has ended a program of it, a line each. */
  troubles(): readonly string[];
  /** Records that reached a backend, and those lost on the way to it, by its name, once nothing more is to come. */
  counted(backend: string): Promise<Pick<Delivery, 'delivered' | 'dropped'>>;
  /** Ends what was started for the backends. */
  close(): Promise<void>;
}

interface FlagSource {
  readonly url: string;
  readonly lever: FlagLever;
  close(): Promise<void>;
}

interface Wiring {
  readonly otlpEndpoint: string;
  readonly flagsUrl: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  /** To be called when the shop begins to start: its memory is part of the peak from then on. */
  readonly starting: (footprint: RunningShop['footprint']) => void;
}

export interface Performance extends Pick<
  Stage,
  'clock' | 'signal' | 'emit' | 'faults' | 'kinds' | 'judge' | 'talk' | 'cues'
> {
  readonly id: string;
  readonly show: Show;
  readonly language: Language;
  /** Names, for the reports. */
  readonly runtime: string;
  readonly engine: string;
  /** When the command was started, epoch ms. */
  readonly commandStartedAt: number;
  readonly cores: number;
  /** The processes that a server monitor of the shop would watch. */
  readonly servers: readonly string[];
  readonly start: Starters;
  /** Holds the stage open after the show, until it resolves. */
  readonly hold?: () => Promise<void>;
}

export interface Performed extends Played {
  readonly leftovers: readonly string[];
}

/**
 * The life of a run: starts the tap, the backends, the flags, the shop and the load, plays the show, and stops everything in reverse
 * order, whatever happens. Emits from `run-started` to `run-ended`. What cannot be started is trouble, and is thrown after the clean-up.
 */
export async function perform(performance: Performance): Promise<Performed> {
  const { clock, emit, signal } = performance;
  const leftovers: string[] = [];
  const onFailure = ({ name, message }: CleanUpFailure): void => {
    leftovers.push(name);
    emit({ type: 'trouble', message: `${name}: ${message}` });
  };
  const cleanUp = createCleanUp({ clock, onFailure });
  const lost = new AbortController();
  const crashed: string[] = [];
  let played: Played;
  let failure: ShowrunnerError | undefined;
  try {
    const stage = await setUp(performance, { cleanUp, leftovers, lost, crashed });
    signal.throwIfAborted();
    played = await play(withTimeFor(performance.show, stage.backends), stage);
    lost.signal.throwIfAborted();
    if (performance.hold && !signal.aborted) {
      emit({ type: 'holding' });
      await Promise.race([performance.hold(), aborted(lost.signal)]);
      lost.signal.throwIfAborted();
    }
  } catch (error) {
    // Decided here, so that an interrupt of the clean-up does not hide why it came to it.
    failure = signal.aborted ? undefined : asShowrunnerError(error);
    played = failure ? failed(failure, emit) : { outcome: 'interrupted', exitCode: exitCodes.interrupted };
  }
  await cleanUp.run();
  // The incident that the show tells of is then not the only one.
  if (crashed.length > 0 && played.outcome === 'passed') played = { outcome: 'failed', exitCode: exitCodes.failed };
  // What is left running can spoil the next run: that is not a pass, however good the verdicts are.
  if (leftovers.length > 0 && played.outcome === 'passed') {
    played = { outcome: 'failed', exitCode: exitCodes.environment };
  }
  emit({ type: 'run-ended', ...played, leftovers });
  if (failure) throw failure;
  return { ...played, leftovers };
}

function asShowrunnerError(error: unknown): ShowrunnerError {
  if (error instanceof ShowrunnerError) return error;
  return new ShowrunnerError('run-failed', messageOf(error), { exitCode: exitCodes.environment, cause: error });
}

function failed(error: ShowrunnerError, emit: Stage['emit']): Played {
  emit({ type: 'trouble', ...told(error) });
  return { outcome: 'failed', exitCode: error.exitCode };
}

interface Ending {
  readonly cleanUp: CleanUp;
  /** What could not be removed; filled while the run is cleaned up. */
  readonly leftovers: string[];
  /** Aborted with the reason when what the shop runs on is gone. */
  readonly lost: AbortController;
  /** Parts of the shop that ended unasked. */
  readonly crashed: string[];
}

async function setUp(performance: Performance, ending: Ending): Promise<Stage> {
  const { emit, start, signal } = performance;
  const { cleanUp } = ending;
  const tap = await start.tap();
  cleanUp.push('stop the tap', () => tap.close());
  const { backends, live, undelivered } = await startBackends(performance, tap, cleanUp);
  const flags = await start.flags();
  cleanUp.push('stop the flags', () => flags.close());
  const shop = await startShop(performance, { tap, flags, ending });
  const { levers, close } = await start.levers(shop, flags.lever);
  cleanUp.push('let go of the levers', close);
  const monitor = createServerMonitor({
    clock: performance.clock,
    cores: performance.cores,
    servers: performance.servers,
    footprint: () => shop.footprint(),
  });
  watchFootprint(performance, cleanUp, { everyMs: footprintEveryMs, sample: () => monitor.sample() });
  const startLoad = (spec: LoadSpec, wiring: LoadWiring) => start.load(shop, spec, wiring);
  const loads = createLoads({ show: performance.show, start: startLoad, emit, signal });
  cleanUp.push('stop the load', () => loads.stop());
  await loads.begin();
  return {
    ...performance,
    // Without its shop a show is over as if it were interrupted; `perform` then says why.
    signal: AbortSignal.any([signal, ending.lost.signal]),
    backends,
    live,
    undelivered,
    levers,
    loads,
    spansReceived: (service, window) => tap.spansOf(service, window),
    othersHeard: (service, window) => tap.hearsOthers(service, window),
    servers: () => monitor.now(),
  };
}

async function startShop(
  { clock, commandStartedAt, emit, signal, start }: Performance,
  { tap, flags, ending }: { readonly tap: Tap; readonly flags: FlagSource; readonly ending: Ending },
): Promise<RunningShop> {
  const progress = (line: string): void => emit({ type: 'progress', line });
  const onFailure = ({ name, message }: CleanUpFailure): void =>
    emit({ type: 'trouble', message: `${name}: ${message}` });
  const started = createCleanUp({ clock, onFailure });
  const starting: Wiring['starting'] = (footprint) =>
    watchFootprint({ clock, emit }, started, { everyMs: startFootprintEveryMs, sample: footprint });
  const wiring: Wiring = { otlpEndpoint: tap.endpoint, flagsUrl: flags.url, signal, progress, starting };
  try {
    const shop = await start.shop(wiring);
    ending.cleanUp.push('stop the shop', async () => void ending.leftovers.push(...(await shop.stop())));
    shop.onCrash((crash) => {
      ending.crashed.push(crash.process);
      emit({ type: 'crash', crash });
    });
    shop.onLost((error) => ending.lost.abort(error));
    emit({ type: 'shop-ready', url: shop.url, afterMs: clock.now() - commandStartedAt });
    return shop;
  } finally {
    await started.run();
  }
}

function watchFootprint(
  performance: Pick<Performance, 'clock' | 'emit'>,
  cleanUp: CleanUp,
  { everyMs, sample }: { readonly everyMs: number; readonly sample: RunningShop['footprint'] },
): void {
  const look = async (): Promise<void> => {
    const processes = await sample();
    if (processes.length > 0) performance.emit({ type: 'footprint', processes });
  };
  watch(performance, cleanUp, { what: 'processes', everyMs, look });
}
