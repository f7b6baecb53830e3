import type { Summary, SummaryAct } from './summarise.ts';
import type { Words } from './words.ts';

type Expectation = SummaryAct['expectations'][number];

/** Behind a verdict that is not simply what the backend says: `*` computed from its traces, `†` judged by another one. */
export function markOf({ how, judgedBy }: Pick<Expectation, 'how' | 'judgedBy'>): string {
  if (judgedBy !== undefined) return '†';
  return how === 'computed' ? '*' : '';
}

/** What the marks of a table mean, a line each; only of those that are in it. */
export function footnotes({ acts }: Summary, words: Words): readonly string[] {
  const marks = new Set(acts.flatMap(({ expectations }) => expectations.map(markOf)));
  return [...(marks.has('*') ? [words.computed] : []), ...(marks.has('†') ? [words.judgedByAnother] : [])];
}
