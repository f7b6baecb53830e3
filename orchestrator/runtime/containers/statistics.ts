import type Docker from 'dockerode';
import type { CpuState } from '../running/instance.ts';

/** What the engine reads in the cgroup of a container: https://docs.docker.com/reference/api/engine/ ContainerStats. */
interface Stats {
  /** When it was read, which need not be when it was asked for: an answer can take more than a second. */
  readonly read: string;
  readonly cpu_stats: {
    readonly cpu_usage: { readonly total_usage: number };
    readonly throttling_data?: {
      readonly periods: number;
      readonly throttled_periods: number;
      readonly throttled_time: number;
    };
  };
  readonly memory_stats: { readonly stats?: { readonly anon?: number; readonly total_rss?: number } };
}

function statsOf(docker: Docker.Container): Promise<Stats> {
  return docker.stats({ stream: false, 'one-shot': true });
}

export async function cpuOf(docker: Docker.Container): Promise<Omit<CpuState, 'limitCores'>> {
  const { read, cpu_stats: cpu } = await statsOf(docker);
  const { throttling_data: data } = cpu;
  return {
    usedSeconds: secondsOf(cpu),
    readAt: Date.parse(read),
    periods: data?.periods ?? 0,
    throttledPeriods: data?.throttled_periods ?? 0,
    // Nanoseconds.
    throttledMs: (data?.throttled_time ?? 0) / 1e6,
  };
}

/**
 * Anonymous memory in MB (cgroup 2 calls it `anon`, cgroup 1 `total_rss`), without page cache, and CPU seconds used so far. Undefined where the
 * engine tells no memory, as of a container that has ended.
 */
export async function usageOf(
  docker: Docker.Container,
): Promise<{ readonly memoryMb: number; readonly cpuSeconds: number } | undefined> {
  const { cpu_stats: cpu, memory_stats: memory } = await statsOf(docker);
  const bytes = memory.stats?.anon ?? memory.stats?.total_rss;
  if (bytes === undefined) return undefined;
  return { memoryMb: bytes / 1024 ** 2, cpuSeconds: secondsOf(cpu) };
}

/** Of nanoseconds; none are told of a container that has ended. */
const secondsOf = ({ cpu_usage: usage }: Stats['cpu_stats']): number => (usage?.total_usage ?? 0) / 1e9;
