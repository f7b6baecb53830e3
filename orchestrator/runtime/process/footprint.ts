import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ProcessFootprint } from '../runtime.ts';
import { isGone, statFields } from './identity.ts';

/** The kernel's clock ticks per second in /proc, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Memory (PSS) and CPU time of this process and everything below it, by name: a process in `names` counts under that name together with
 * its descendants (Postgres and its backends are one); others under their script or command. Empty where there is no /proc.
 */
export async function footprintOf(names: ReadonlyMap<number, string>): Promise<readonly ProcessFootprint[]> {
  if (process.platform !== 'linux') return [];
  const stats = new Map<number, { parent: number; ticks: number }>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const fields = Number.isInteger(pid) ? statFields(pid) : undefined;
    // Fields 4 (parent), 14 and 15 (ticks in user and kernel mode) of proc_pid_stat(5).
    if (fields) stats.set(pid, { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  }
  const owner = (pid: number): number | undefined => {
    if (pid === process.pid || names.has(pid)) return pid;
    const parent = stats.get(pid)?.parent;
    if (parent === undefined) return undefined;
    return parent === process.pid ? pid : owner(parent);
  };
  const totals = new Map<string, { pssMb: number; cpuSeconds: number }>();
  await Promise.all(
    [...stats].map(async ([pid, { ticks }]) => {
      const under = owner(pid);
      if (under === undefined) return;
      const name = under === process.pid ? 'orchestrator' : (names.get(under) ?? (await commandOf(under)));
      const pssMb = await pssOf(pid);
      const total = totals.get(name) ?? { pssMb: 0, cpuSeconds: 0 };
      totals.set(name, { pssMb: total.pssMb + pssMb, cpuSeconds: total.cpuSeconds + ticks / ticksPerSecond });
    }),
  );
  return [...totals].map(([name, total]) => ({ name, ...total })).toSorted((a, b) => b.pssMb - a.pssMb);
}

async function pssOf(pid: number): Promise<number> {
  const rollup = await read(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
}

/** What a Node process runs, by its script or the script's folder (`embedded/child.mjs` is `embedded`), else the command. */
async function commandOf(pid: number): Promise<string> {
  const [command = '', ...args] = (await read(`/proc/${pid}/cmdline`)).split('\0');
  const script = args.find((arg) => /\.[cm]?[jt]s$/.test(arg));
  const name = basename(script ?? command).replace(/\.[cm]?[jt]s$/, '');
  return script && /^(main|child|index)$/.test(name) ? basename(dirname(script)) : name || 'other';
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}
