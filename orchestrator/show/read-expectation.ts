import { heals, type Target, type Timing as KindTiming } from '../expectations/expectation.ts';
import { type Catalogue, lookUp } from './catalogue.ts';
import { isMapping, keysOf, type Reader, readFields, readValue, reportUnknownKeys } from './reader.ts';
import { envelopeShape } from './schema.ts';
import type { ExpectationSpec } from './show.ts';
import { quote } from './source-file.ts';
import { suggest } from './suggest.ts';
import { checkTarget, hasTraffic, type ActReader } from './traffic.ts';
import { formatDuration } from './units.ts';
import type { Path } from './yaml-source.ts';

type Kind = Catalogue['kinds'][string];

/** What an expectation needs to know of the act around it; both NaN where the act's times could not be read. */
export interface ExpectationFrame {
  readonly forMs: number;
  /** What is left of the act once its last fault is in force. */
  readonly leftMs: number;
  readonly hasFaults: boolean;
}

/** A presenter has told the story after that; what is not visible by then is not visible. */
const longestWaitMs = 30_000;

/** Reads one entry of `expect`, a mapping with one key, the kind; undefined when it is not even that. */
export function readExpectation(
  reader: ActReader,
  path: Path,
  value: unknown,
  frame: ExpectationFrame,
): ExpectationSpec | undefined {
  const name = kindNameOf(reader, path, value);
  if (name === undefined || !isMapping(value)) return undefined;
  const at = reader.yaml.keyAt([...path, name]);
  const kind = lookUp(reader.catalogue.kinds, name);
  if (!kind) {
    reader.problems.add(
      at,
      `there is no kind of expectation ${quote(name)}`,
      suggest(name, Object.keys(reader.catalogue.kinds)),
    );
    return { kind: name, params: undefined, withinMs: Number.NaN, at };
  }
  const inner = [...path, name];
  const written = value[name] ?? {};
  const { within, min } = readFields(reader, inner, envelopeShape, envelopeOf(written));
  const params = readParams(reader, inner, kind, written);
  // Of what could not be read nothing is known, and something else is reported already.
  const timing = params === undefined ? undefined : kind.timing(params);
  checkTimes(reader, inner, { name, kind, timing, within, frame });
  if (!frame.hasFaults && params !== undefined && expectsAnomaly(kind, params)) {
    reader.problems.add(
      at,
      `${quote(name)} expects an anomaly, and this act has no fault that could cause one`,
      'move it to the act with the fault, or add the fault',
    );
  }
  const withinMs = timing === 'stays' ? frame.leftMs : (within ?? Math.min(frame.leftMs, longestWaitMs));
  return { kind: name, params, withinMs, ...(min !== undefined && { minRequests: min }), at };
}

function expectsAnomaly(kind: Kind, params: unknown): boolean {
  return heals(kind, params) && !kind.calm;
}

function kindNameOf(reader: ActReader, path: Path, value: unknown): string | undefined {
  const keys = isMapping(value) ? Object.keys(value) : [];
  const [first, ...others] = keys.filter((key) => !(key in envelopeShape));
  if (first !== undefined && others.length === 0 && keys.length === 1) return first;
  const misplaced = keys.find((key) => key in envelopeShape);
  const hint = misplaced
    ? `write ${quote(misplaced)} inside the kind’s own braces`
    : `for example ${quote('- quiet: {services: all}')}`;
  reader.problems.add(reader.yaml.valueAt(path), 'an expectation is a mapping with one key, its kind', hint);
  return first;
}

function envelopeOf(written: unknown): unknown {
  return isMapping(written)
    ? Object.fromEntries(Object.entries(written).filter(([key]) => key in envelopeShape))
    : written;
}

/** The kind's own parameters: everything but the envelope's keys. */
function readParams(reader: ActReader, path: Path, kind: Kind, written: unknown): unknown {
  if (!isMapping(written)) return undefined;
  const known = keysOf(kind.params);
  // Reported here, because the kind's schema does not know that `within` and `min` could be meant.
  if (known.length > 0)
    reportUnknownKeys(reader, path, Object.keys(written), [...known, ...Object.keys(envelopeShape)]);
  const own = Object.fromEntries(
    Object.entries(written).filter(([key]) => (known.length > 0 ? known.includes(key) : !(key in envelopeShape))),
  );
  const read = readValue(reader, path, kind.params, own);
  if (!read) return undefined;
  const params = kind.forServices?.(read.value, watched(reader)) ?? read.value;
  for (const target of kind.targets(params)) {
    checkTarget(reader, target, {
      service: whereIs(reader, path, own, target.service),
      route: whereIs(reader, path, own, target.route),
    });
  }
  return params;
}

/** What `all` stands for: the services that send telemetry, but for those that the loads are known to leave alone. */
function watched(reader: ActReader): readonly string[] {
  return Object.values(reader.catalogue.shop.services)
    .filter(({ name, instrumented }) => instrumented && hasTraffic(reader.traffic, { service: name }))
    .map(({ name }) => name);
}

/** The place of a name among the parameters: whichever of them says it, else the expectation itself. */
function whereIs(reader: Reader, path: Path, params: unknown, name: Target['route']) {
  const inside = find(params, name);
  return inside ? reader.yaml.valueAt([...path, ...inside]) : reader.yaml.keyAt(path);
}

function find(value: unknown, name: Target['route']): Path | undefined {
  if (value === name) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const path = find(inner, name);
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path];
  }
  return undefined;
}

interface Timing {
  readonly name: string;
  readonly kind: Kind;
  readonly timing: KindTiming | undefined;
  readonly within: number | undefined;
  readonly frame: ExpectationFrame;
}

function checkTimes(reader: Reader, path: Path, { name, kind, timing, within, frame }: Timing): void {
  const place = within === undefined ? reader.yaml.keyAt(path) : reader.yaml.valueAt([...path, 'within']);
  const left = formatDuration(frame.leftMs);
  const needs = kind.minWindowMs ?? 0;
  if (timing === 'stays' && within !== undefined) {
    reader.problems.add(
      place,
      `${quote(name)} holds over the whole act, so ${quote('within')} means nothing`,
      `leave ${quote('within')} out`,
    );
  } else if (within !== undefined && frame.leftMs > 0 && within > frame.leftMs) {
    reader.problems.add(
      place,
      `after ${formatDuration(within)} the act is over: ${left} are left once ${frame.hasFaults ? 'its last fault is in force' : 'it has begun'}`,
      `at most ${quote(left)}, or a longer act`,
    );
  } else if (Math.min(within ?? Number.POSITIVE_INFINITY, frame.leftMs) < needs) {
    reader.problems.add(
      place,
      `${quote(name)} is judged over at least ${formatDuration(needs)}, and has ${formatDuration(Math.min(within ?? frame.leftMs, frame.leftMs))}`,
      'an earlier fault, or a longer act',
    );
  }
}
