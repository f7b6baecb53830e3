import { readFileSync } from 'node:fs';

/** Ticks of /proc a second, on every Linux there is. */
const ticksPerSecond = 100;

/** CPU time that a process has taken so far, all its threads, in seconds. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may have spaces. After it utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory of a process, its share of what it shares with others, in bytes. Linux only. */
export function pssBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]) * 1024;
}

/** Processor time of all cores that the machine below this one has kept from it so far, in seconds: `steal` of /proc/stat. Linux only. */
export function stolenSeconds(): number {
  return Number(readFileSync('/proc/stat', 'utf8').split(/\s+/)[8]) / ticksPerSecond;
}
