import { createHash } from 'node:crypto';
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
  const { namespace, boot, machine } = here();
  return [process.pid, startTimeOf(process.pid) ?? '', namespace, boot, machine].join(' ');
}

/** Where a process runs, as far as others can tell. */
export interface Place {
  readonly namespace: string;
  readonly boot: string;
  readonly machine: string;
}

function here(): Place {
  return { namespace: pidNamespace(), boot: bootId(), machine: machineId() };
}

/** Whether all of our labels are there: one of them alone may be somebody else's. */
export function isLabelled(labels: Readonly<Record<string, string>>): boolean {
  return Object.values(label).every((name) => labels[name]);
}

/**
 * Whether what carries these labels may be removed: its owner is gone, or its lease is over where that cannot be told from `place`. Another
 * boot may be that of another machine which uses this engine too, however its socket comes here.
 */
export function isAbandoned(labels: Readonly<Record<string, string>>, place = here()): boolean {
  if (!isLabelled(labels)) return false;
  const [pid, startTime = '', namespace, boot, machine] = (labels[label.owner] ?? '').split(' ');
  const owner: Identity = { pid: Number(pid), startTime };
  if (boot === place.boot && namespace === place.namespace) return !isAlive(owner);
  if (boot !== place.boot && machine === place.machine && machine !== unknown) return true;
  return Number(labels[label.lease]) < Date.now();
}

const unknown = 'unknown';

/** Process ids mean something only within one pid namespace … */
function pidNamespace(): string {
  return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : process.platform;
}

/** … and until the machine is started again. */
function bootId(): string {
  return process.platform === 'linux' ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : unknown;
}

/** The first pid namespace of every Linux: PROC_PID_INIT_INO in include/linux/proc_ns.h. */
const firstNamespace = 'pid:[4026531836]';

/** Hashed, as machine-id(5) asks for. Not that of a container, which may have it from its image, as its copies elsewhere do. */
function machineId(): string {
  if (process.platform !== 'linux' || pidNamespace() !== firstNamespace) return unknown;
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim();
    return /^[0-9a-f]{32}$/.test(id)
      ? createHash('sha256').update(`showrunner ${id}`).digest('hex').slice(0, 16)
      : unknown;
  } catch {
    // Not every machine has one, or shows it to everybody.
    return unknown;
  }
}
