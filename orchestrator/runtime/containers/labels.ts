import { readFileSync, readlinkSync } from 'node:fs';
import { type Identity, isAlive, startTimeOf } from '../process/identity.ts';

/** Everything of ours on an engine carries these; nothing without them is ever touched. */
export const label = { run: 'showrunner.run', owner: 'showrunner.owner', lease: 'showrunner.lease' } as const;

/** Longer than any show: what is older, and whose owner cannot be asked from here, is nobody's any more. */
const leaseMs = 24 * 3600 * 1000;

/** The labels of what belongs to a run of this process. */
export function labelsOf(run: string): Record<string, string> {
  return { [label.run]: run, [label.owner]: ownerText(), [label.lease]: String(Date.now() + leaseMs) };
}

function ownerText(): string {
  return [process.pid, startTimeOf(process.pid) ?? '', pidNamespace(), bootId()].join(' ');
}

/**
 * Whether what carries these labels may be removed: its owner is gone, or its lease is over where that cannot be told. `local`: whether the
 * engine runs on this machine; then an owner from before the last boot is gone.
 */
export function isAbandoned(labels: Readonly<Record<string, string>>, local: boolean): boolean {
  const [pid, startTime = '', namespace, boot] = (labels[label.owner] ?? '').split(' ');
  const owner: Identity = { pid: Number(pid), startTime };
  if (boot === bootId() && namespace === pidNamespace()) return !isAlive(owner);
  if (boot !== bootId() && local) return true;
  return Number(labels[label.lease] ?? 0) < Date.now();
}

/** Process ids mean something only within one pid namespace … */
function pidNamespace(): string {
  return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : process.platform;
}

/** … and until the machine is started again. */
function bootId(): string {
  return process.platform === 'linux' ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : 'unknown';
}
