import { type Check, ok, problem, warning } from './check.ts';

/** What the whole shop takes is about 1000 MB, the orchestrator included. */
export const memoryMb = { least: 1000, enough: 1500 } as const;

/** Whether this machine has memory left: of its own, or of the cgroup that we are in. */
export const memoryCheck = (availableBytes: () => number = () => process.availableMemory()): Check => ({
  async look() {
    const available = availableBytes() / 1024 ** 2;
    const found = `${inGb(available)} GB available`;
    const remedy = 'end what takes most of it: `ps -eo pid,rss,comm --sort=-rss | head`';
    if (available >= memoryMb.enough) return ok(found);
    const wanted = `${found}; a show takes about 1 GB`;
    return available < memoryMb.least ? problem(wanted, remedy) : warning(wanted, remedy);
  },
});

export const inGb = (mb: number): string => (mb / 1000).toFixed(1);
