import { heals } from '../expectations/expectation.ts';
import { earliestRecoveryMs } from '../expectations/judge.ts';
import { lookUp } from './catalogue.ts';
import { type ActFrame, readInjection } from './read-injection.ts';
import { type ExpectationFrame, readExpectation } from './read-expectation.ts';
import { readFields, readValue } from './reader.ts';
import { actShape, cueMoment, cueName, healsShape } from './schema.ts';
import type { Act, Advance, Cue, ExpectationSpec, Injection } from './show.ts';
import { quote } from './source-file.ts';
import type { ActReader } from './traffic.ts';
import { lastInjectionMs } from './timeline.ts';
import { formatDuration } from './units.ts';
import type { Path } from './yaml-source.ts';

/** A backend whose window of a few seconds has turned over twice shows the recovery by then. */
const defaultHealsMs = 20_000;

/** Reads one act. What could not be read is empty, or NaN for a time: every comparison with NaN is false, so it causes no second problem. */
export function readAct(reader: ActReader, path: Path, value: unknown, defaultAdvance: Advance): Act {
  const fields = readFields(reader, path, actShape, value);
  const frame = { forMs: fields.for ?? Number.NaN, advance: fields.advance ?? defaultAdvance };
  const injections = readInjections(reader, path, fields.faults ?? [], frame);
  const leftMs = frame.forMs - lastInjectionMs({ injections });
  const expectations = readExpectations(reader, path, fields.expect ?? [], {
    forMs: frame.forMs,
    leftMs,
    hasFaults: injections.length > 0,
  });
  const name = fields.act ?? '';
  return {
    name,
    title: fields.title ?? { en: name, ja: name },
    ...frame,
    injections,
    expectations,
    healsWithinMs: readHeals(reader, path, fields.heals, { hasFaults: injections.length > 0, expectations }),
    cues: readCues(reader, path, fields.cues ?? {}, { frame, injections, expectations }),
    at: reader.yaml.valueAt(path),
  };
}

function readInjections(
  reader: ActReader,
  path: Path,
  values: readonly unknown[],
  frame: ActFrame,
): readonly Injection[] {
  return values.map((value, index) => readInjection(reader, [...path, 'faults', index], value, frame));
}

function readExpectations(
  reader: ActReader,
  path: Path,
  values: readonly unknown[],
  frame: ExpectationFrame,
): readonly ExpectationSpec[] {
  return values.flatMap((value, index) => readExpectation(reader, [...path, 'expect', index], value, frame) ?? []);
}

interface HealsFrame {
  readonly hasFaults: boolean;
  readonly expectations: readonly ExpectationSpec[];
}

function readHeals(reader: ActReader, path: Path, value: unknown, { hasFaults, expectations }: HealsFrame): number {
  if (value === undefined) return hasFaults ? defaultHealsMs : 0;
  const inner = [...path, 'heals'];
  const { within = Number.NaN } = readFields(reader, inner, healsShape, value);
  const least = Math.max(0, ...expectations.map((spec) => leastToHeal(reader, spec)));
  if (!hasFaults) {
    reader.problems.add(
      reader.yaml.keyAt(inner),
      'nothing heals in an act without faults',
      `remove ${quote('heals')}, or add the fault`,
    );
  } else if (within < least) {
    reader.problems.add(
      reader.yaml.valueAt([...inner, 'within']),
      `no recovery can be told within ${formatDuration(within)}`,
      `at least ${quote(formatDuration(least))}`,
    );
  }
  return within;
}

function leastToHeal({ catalogue }: ActReader, { kind: name, params }: ExpectationSpec): number {
  const kind = lookUp(catalogue.kinds, name);
  return kind && params !== undefined && heals(kind, params) ? earliestRecoveryMs(kind) : 0;
}

interface CueFrame {
  readonly frame: ActFrame;
  readonly injections: readonly Injection[];
  readonly expectations: readonly ExpectationSpec[];
}

function readCues(reader: ActReader, path: Path, values: object, around: CueFrame): readonly Cue[] {
  return Object.entries(values).flatMap(
    ([name, value]) => readCue(reader, [...path, 'cues', name], value, around) ?? [],
  );
}

function readCue(
  reader: ActReader,
  path: Path,
  value: unknown,
  { frame, injections, expectations }: CueFrame,
): Cue | undefined {
  const key = String(path.at(-1));
  const name = cueName.safeParse(key);
  if (!name.success)
    reader.problems.add(
      reader.yaml.keyAt(path),
      `bad name ${quote(key)}`,
      'lower-case letters and digits, words joined by `-`',
    );
  const when = readValue(reader, path, cueMoment, value)?.value;
  if (when === undefined) return { name: key, when: { atMs: Number.NaN } };
  const report = (message: string, hint: string) => reader.problems.add(reader.yaml.valueAt(path), message, hint);
  if (typeof when === 'number') {
    if (when >= frame.forMs)
      report(
        `the cue comes at ${formatDuration(when)}, when its act is over (${formatDuration(frame.forMs)})`,
        'an earlier time, `healing` or `healed`',
      );
    return { name: key, when: { atMs: when } };
  }
  if (when === 'met' && expectations.length === 0)
    report('this act expects nothing that could be met', 'a time after the act’s start, for example `12s`');
  if (when !== 'met' && injections.length === 0)
    report(`${quote(when)} never comes in an act without faults`, 'a time after the act’s start, for example `12s`');
  return { name: key, when: { moment: when } };
}
