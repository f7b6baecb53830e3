import type { Position } from '../errors.ts';
import type { Fault } from '../faults/fault.ts';
import { lookUp } from './catalogue.ts';
import { type Reader, readFields, readValue } from './reader.ts';
import { injectionShape } from './schema.ts';
import type { Advance, Injection } from './show.ts';
import { quote } from './source-file.ts';
import { list, suggest } from './suggest.ts';
import { type ActReader, describeTraffic, hasTraffic, type Traffic } from './traffic.ts';
import { formatDuration } from './units.ts';
import type { Path } from './yaml-source.ts';

/** What an injection needs to know of the act around it. `forMs` is NaN where it could not be read. */
export interface ActFrame {
  readonly forMs: number;
  readonly advance: Advance;
}

/** After a fault's planned end, its lease leaves the conductor this long to undo it in order. */
const graceMs = 30_000;
/** A presenter may hold an act as long as a question from the audience takes. */
const heldMs = 15 * 60_000;

/** Reads one entry of `faults`. A fault that is not known keeps its name, so that the act still counts as one with faults. */
export function readInjection(reader: ActReader, path: Path, value: unknown, frame: ActFrame): Injection {
  const fields = readFields(reader, path, injectionShape, value);
  const { inject = '', at: atMs = 0, intensity = 1 } = fields;
  const fault = knownFault(reader, path, inject);
  const on = fields.on ?? fault?.targets[0] ?? '';
  const stayMs = fields.for ?? frame.forMs - atMs;
  if (fault) checkFault(reader, path, { fault, name: inject, on, written: fields.on !== undefined });
  checkTimes(reader, path, { frame, atMs, forMs: fields.for, ttlMs: fields.ttl, stayMs });
  return {
    fault: inject,
    on,
    atMs,
    ...(fields.for !== undefined && { forMs: fields.for }),
    intensity,
    ttlMs: fields.ttl ?? leaseMs(frame, stayMs),
    with: fault && readWith(reader, path, fault, fields.with),
    at: reader.yaml.valueAt(path),
  };
}

function leaseMs({ advance }: ActFrame, stayMs: number): number {
  return advance === 'cue' ? heldMs : stayMs + graceMs;
}

function knownFault(reader: ActReader, path: Path, name: string): Fault | undefined {
  const fault = lookUp(reader.catalogue.faults, name);
  if (!fault && name !== '') {
    const hint = suggest(name, Object.keys(reader.catalogue.faults));
    reader.problems.add(reader.yaml.valueAt([...path, 'inject']), `there is no fault ${quote(name)}`, hint);
  }
  return fault;
}

function readWith(reader: Reader, path: Path, fault: Fault, value: unknown): unknown {
  return readValue(reader, [...path, 'with'], fault.with, value ?? {})?.value;
}

function checkFault(
  reader: ActReader,
  path: Path,
  use: { fault: Fault; name: string; on: string; written: boolean },
): void {
  const { fault, name, on } = use;
  const place = (key: string) => reader.yaml.valueAt([...path, key]);
  if (use.written && !fault.targets.includes(on)) {
    reader.problems.add(place('on'), `${quote(name)} cannot be put on ${quote(on)}`, suggest(on, fault.targets));
  }
  checkMeans(reader, place('inject'), fault, name);
  for (const target of trafficNeeded(fault, on).filter((needed) => !hasTraffic(reader.traffic, needed))) {
    reader.problems.add(
      place('inject'),
      `${quote(name)} takes effect only with traffic on ${describeTraffic(target)}, and ${sendsNone(reader.traffic)}`,
      'choose another load profile',
    );
  }
}

function sendsNone({ profiles }: Traffic): string {
  if (profiles.length === 0) return 'no load plays in this act';
  return profiles.length === 1
    ? `the profile ${list(profiles)} sends none`
    : `the profiles ${list(profiles)} send none`;
}

/** What the fault needs on this target: of what is listed for all of them, that of the services it names. */
function trafficNeeded({ traffic }: Fault, on: string): Fault['traffic'] {
  const named = on.split('->');
  return traffic.filter(({ service }) => named.includes(service));
}

/** Reports a fault that the runtime has no means for, and which runtime has. */
function checkMeans(reader: ActReader, at: Position, fault: Fault, name: string): void {
  const { runtime, runtimes = [] } = reader.catalogue;
  const lacking = fault.needs.filter((need) => runtime && !runtime.capabilities.has(need));
  if (!runtime || lacking.length === 0) return;
  const able = runtimes
    .filter(({ capabilities }) => fault.needs.every((need) => capabilities.has(need)))
    .map((other) => other.name);
  if (able.length > 0) {
    const hint = able.map((other) => `--runtime ${other}`).join(' or ');
    reader.problems.add(at, `${quote(name)} needs the ${able.join(' or the ')} runtime`, hint);
  } else {
    reader.problems.add(
      at,
      `${quote(name)} needs ${list(lacking)}, which the runtime ${quote(runtime.name)} cannot do`,
      'choose another runtime or another fault',
    );
  }
}

interface Times {
  readonly frame: ActFrame;
  readonly atMs: number;
  readonly forMs: number | undefined;
  readonly ttlMs: number | undefined;
  readonly stayMs: number;
}

function checkTimes(reader: Reader, path: Path, { frame, atMs, forMs, ttlMs, stayMs }: Times): void {
  const actEnd = formatDuration(frame.forMs);
  const place = (key: string) => reader.yaml.valueAt([...path, key]);
  if (atMs >= frame.forMs) {
    reader.problems.add(
      place('at'),
      `the fault comes at ${formatDuration(atMs)}, when its act is over (${actEnd})`,
      `an earlier ${quote('at')}, or a longer act`,
    );
  } else if (forMs !== undefined && atMs + forMs > frame.forMs) {
    reader.problems.add(
      place('for'),
      `the fault stays until ${formatDuration(atMs + forMs)}, longer than its act (${actEnd})`,
      `at most ${quote(formatDuration(frame.forMs - atMs))}; without ${quote('for')} it stays until the act ends`,
    );
  } else if (ttlMs !== undefined && ttlMs < stayMs) {
    reader.problems.add(
      place('ttl'),
      `the fault would expire after ${formatDuration(ttlMs)}, before its end (${formatDuration(stayMs)})`,
      `leave ${quote('ttl')} out, or at least ${quote(formatDuration(stayMs))}`,
    );
  }
}
