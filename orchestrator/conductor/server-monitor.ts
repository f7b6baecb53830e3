import type { Clock } from '../clock/clock.ts';
import type { ProcessFootprint } from '../runtime/runtime.ts';
import type { ServersPart } from './stage.ts';

/** What a plain server monitor would show: whether the shop's processes are up, and the CPU and memory that they take. */
export interface ServerMonitor {
  /** Looks once at every process of the run. */
  sample(): Promise<readonly ProcessFootprint[]>;
  /** What a monitor would show now; undefined where the system has no such figures. CPU is the share of all cores, over a second or more. */
  now(): Promise<ServersPart | undefined>;
}

/** Enough to find one that is a second old among looks on demand. */
const looksKept = 8;

interface Look {
  readonly at: number;
  readonly cpuSeconds: ReadonlyMap<string, number>;
}

export interface ServerMonitorOptions {
  readonly clock: Clock;
  readonly footprint: () => Promise<readonly ProcessFootprint[]>;
  readonly cores: number;
  /** The processes that a monitor would watch. */
  readonly servers: readonly string[];
}

export function createServerMonitor({ clock, footprint, cores, servers }: ServerMonitorOptions): ServerMonitor {
  const looks: Look[] = [];
  // The load and what else the run takes on this machine would hide how idle the shop is.
  const watched = (processes: readonly ProcessFootprint[]): readonly ProcessFootprint[] =>
    processes.filter(({ name }) => servers.includes(name));

  async function sample(): Promise<readonly ProcessFootprint[]> {
    const processes = await footprint();
    const cpuSeconds = new Map(watched(processes).map((one) => [one.name, one.cpuSeconds]));
    looks.push({ at: clock.now(), cpuSeconds });
    if (looks.length > looksKept) looks.shift();
    return processes;
  }

  async function now(): Promise<ServersPart | undefined> {
    const processes = await sample();
    if (processes.length === 0) return undefined;
    return {
      kind: 'servers',
      up: servers.filter((server) => processes.some(({ name }) => name === server)).length,
      expected: servers.length,
      cpuPercent: cpuPercent(looks, cores),
      memoryMb: Math.round(sum(watched(processes), ({ pssMb }) => pssMb)),
    };
  }

  return { sample, now };
}

function cpuPercent(looks: readonly Look[], cores: number): number {
  const last = looks.at(-1);
  const before = last && looks.findLast(({ at }) => at <= last.at - 1_000);
  if (!last || !before) return 0;
  // A process that was replaced has taken the CPU time before with it: what its successor used is all that is known.
  const used = sum([...last.cpuSeconds], ([name, now]) => {
    const then = before.cpuSeconds.get(name) ?? 0;
    return now >= then ? now - then : now;
  });
  return Math.min(100, Math.round((used / ((last.at - before.at) / 1_000) / cores) * 100));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
