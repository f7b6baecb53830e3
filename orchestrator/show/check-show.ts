import { lookUp } from './catalogue.ts';
import type { Act, ExpectationSpec, Injection } from './show.ts';
import { quote } from './source-file.ts';
import type { ShowReader } from './traffic.ts';
import { formatDuration } from './units.ts';

/** The rules between acts, and between the faults of one act. */
export function checkShow(reader: ShowReader, acts: readonly Act[]): void {
  checkNames(reader, acts);
  checkBaseline(reader, acts);
  for (const [index, act] of acts.entries()) checkOverlaps(reader, act, index);
}

function checkNames(reader: ShowReader, acts: readonly Act[]): void {
  for (const [index, { name }] of acts.entries()) {
    const first = acts.findIndex((other) => other.name === name);
    if (name === '' || first === index) continue;
    const line = reader.yaml.valueAt(['acts', first, 'act']).line;
    reader.problems.add(
      reader.yaml.valueAt(['acts', index, 'act']),
      `there is already an act ${quote(name)}, in line ${line}`,
      'give each act its own name',
    );
  }
}

/** The first act, when it is without faults, is what every later act is compared with. */
function checkBaseline(reader: ShowReader, [first, ...later]: readonly Act[]): void {
  if (!first) return;
  const inFirst = first.expectations.find(comparesInWords);
  if (inFirst && first.injections.length === 0) {
    reader.problems.add(
      inFirst.at,
      `${quote(inFirst.kind)} compares with the first act, in the first act`,
      'compare in a later act, or with a number',
    );
  }
  if (first.injections.length === 0) return;
  const comparing = [first, ...later].flatMap((act) => act.expectations).find((spec) => compares(reader, spec));
  if (comparing) {
    reader.problems.add(
      first.at,
      `${quote(comparing.kind)} in line ${comparing.at.line} compares with a calm first act, and this one has faults`,
      `begin with ${quote('- act: calm')} without faults, for example ${quote('for: 40s')}`,
    );
  }
}

function compares(reader: ShowReader, spec: ExpectationSpec): boolean {
  const kind = lookUp(reader.catalogue.kinds, spec.kind);
  // What can never heal names no anomaly: it only compares.
  return comparesInWords(spec) || (kind !== undefined && !kind.healed);
}

/** `p95: '>= 3x baseline'`. */
function comparesInWords(spec: ExpectationSpec): boolean {
  return /baseline/.test(JSON.stringify(spec.params) ?? '');
}

/** A service runs one release at a time, and a fault is put on a place once at a time. */
function checkOverlaps(reader: ShowReader, act: Act, actIndex: number): void {
  const isRelease = ({ fault }: Injection) =>
    lookUp(reader.catalogue.faults, fault)?.needs.includes('release') ?? false;
  for (const [index, one] of act.injections.entries()) {
    const other = act.injections
      .slice(0, index)
      .find(
        (earlier) =>
          earlier.on === one.on &&
          overlap(act, earlier, one) &&
          (earlier.fault === one.fault || (isRelease(earlier) && isRelease(one))),
      );
    if (!other) continue;
    const what = other.fault === one.fault ? `${quote(one.fault)} is` : `${quote(other.fault)}, another release, is`;
    const until = formatDuration(other.atMs + (other.forMs ?? act.forMs - other.atMs));
    reader.problems.add(
      reader.yaml.valueAt(['acts', actIndex, 'faults', index, 'inject']),
      `${what} on ${quote(one.on)} until ${until}`,
      'put them one after the other with `at` and `for`, or in two acts',
    );
  }
}

function overlap(act: Act, a: Injection, b: Injection): boolean {
  const end = (injection: Injection) => (injection.forMs === undefined ? act.forMs : injection.atMs + injection.forMs);
  return a.atMs < end(b) && b.atMs < end(a);
}
