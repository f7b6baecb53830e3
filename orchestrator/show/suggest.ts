import { distance } from 'fastest-levenshtein';
import { quote } from './source-file.ts';

const maxListed = 12;

/** What to write instead of `written`: the name that was probably meant, else the names there are. */
export function suggest(written: string, names: readonly string[]): string {
  const meant = closest(written, names);
  if (meant !== undefined) return `did you mean ${quote(meant)}?`;
  return names.length === 0 ? 'there is none to choose from' : `one of ${list(names)}`;
}

/** `a`, `b` and `c`, cut where it gets too long for a line. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, maxListed).map(quote).join(', ');
  return names.length > maxListed ? `${shown} and ${names.length - maxListed} more` : shown;
}

function closest(written: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => written.length >= 3 && name.startsWith(written));
  if (begun.length === 1) return begun[0];
  const ranked = names
    .map((name) => ({ name, far: distance(written.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined;
}
