import type pc from 'picocolors';
import type { Finding } from './check.ts';
import type { Result } from './examine.ts';

type Level = Finding['level'];
type Paint = ReturnType<typeof pc.createColors>;

/** A line for each finding, the remedy below it, and the sum; what could not be looked at for the same reason is one line. */
export function formatResults(results: readonly Result[], paint: Paint): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const margin = ' '.repeat(labelWidth + 2 + width + 2);
  const looked = results.flatMap((result) => {
    if (result.level === 'not looked at') return [];
    const line = `${label(result.level, paint)}  ${result.name.padEnd(width)}  ${result.found}`;
    return 'remedy' in result ? [line, `${margin}→ ${result.remedy}`] : [line];
  });
  const skipped = Map.groupBy(
    results.filter(({ level }) => level === 'not looked at'),
    ({ found }) => found,
  );
  const notLooked = [...skipped].map(
    ([why, of]) => `${label('not looked at', paint)}  ${of.map(({ name }) => name).join(', ')}: ${why}`,
  );
  return [...looked, ...notLooked, '', sumOf(results), ''].join('\n');
}

const symbols: Readonly<Record<Level, string>> = { ok: '✔', warning: '!', problem: '✘', 'not looked at': '–' };
const labelWidth = '– not looked at'.length;

function label(level: Level, paint: Paint): string {
  const text = `${symbols[level]} ${level}`.padEnd(labelWidth);
  const colors = { ok: paint.green, warning: paint.yellow, problem: paint.red, 'not looked at': paint.dim };
  return colors[level](text);
}

function sumOf(results: readonly Result[]): string {
  const count = (wanted: Level) => results.filter(({ level }) => level === wanted).length;
  const notLooked = count('not looked at');
  return `${some(count('problem'), 'problem')}, ${some(count('warning'), 'warning')}${notLooked ? `, ${notLooked} not looked at` : ''}`;
}

const some = (count: number, what: string): string => `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
