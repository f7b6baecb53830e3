import Table from 'cli-table3';
import { footnotes, markOf } from './footnotes.ts';
import { borders, type TableStyle } from './verdict-table.ts';
import type { Summary, SummaryAct } from './summarise.ts';
import { duration, number, wrap } from './text.ts';

type Expectation = SummaryAct['expectations'][number];

/** The verdicts of several backends beside each other, a column for each; below, wherever they do not agree, what each of them says. */
export function sideBySide(summary: Summary, style: TableStyle): string {
  const { words, width } = style;
  const { backends } = summary.run;
  const cell = Math.max(12, Math.floor((width * 0.6) / backends.length));
  const free = Math.max(30, width - cell * backends.length);
  const [act, expectation] = words.columns;
  const table = new Table({
    head: [act, expectation, ...backends],
    style: { head: [], border: [], compact: true },
    chars: borders,
  });
  const all = summary.acts.flatMap((each) => byText(each, backends).map((same, index) => ({ act: each, same, index })));
  for (const { act: of, same, index } of all) {
    table.push([
      wrap(index === 0 ? of.act : '', Math.floor(free * 0.35)).join('\n'),
      wrap(words.expectation(same[0]?.text ?? ''), Math.floor(free * 0.65)).join('\n'),
      ...backends.map((backend) =>
        cellOf(
          of,
          same.find((one) => one.backend === backend),
          style,
        ),
      ),
    ]);
  }
  const apart = all.flatMap(({ act: of, same }) => disagreement(of.act, same, style));
  return [
    table.toString().replace(/ +$/gmu, ''),
    ...footnotes(summary, words),
    ...(apart.length > 0 ? ['', words.disagreements, ...apart] : []),
  ].join('\n');
}

/** An act's expectations, those of the same kind and text together, in the order of the columns. */
function byText({ expectations }: SummaryAct, backends: readonly string[]): readonly (readonly Expectation[])[] {
  return [...Map.groupBy(expectations, ({ kind, text }) => `${kind} ${text}`).values()].map((same) =>
    same.toSorted((a, b) => backends.indexOf(a.backend) - backends.indexOf(b.backend)),
  );
}

function cellOf(act: SummaryAct, expectation: Expectation | undefined, { words, mark }: TableStyle): string {
  if (!expectation) return '';
  const { backend, text, timeToVisibleMs, verdict } = expectation;
  const visible = timeToVisibleMs === null ? '' : ` ${duration(timeToVisibleMs)}`;
  const recovery = act.recovery.find((one) => one.text === text && one.backend === backend);
  const healed = recovery?.healedMs == null ? '' : ` ${duration(recovery.healedMs)}`;
  return [
    mark(verdict, `${words.verdict[verdict]}${markOf(expectation)}${visible}`),
    ...(recovery ? [mark(recovery.verdict, `↩ ${words.verdict[recovery.verdict]}${healed}`)] : []),
  ].join('\n');
}

/** What each backend says where not all say the same. */
function disagreement(
  act: string,
  same: readonly Expectation[],
  { words, width, mark }: TableStyle,
): readonly string[] {
  if (new Set(same.map(({ verdict }) => verdict)).size < 2) return [];
  return [
    `  ${act}: ${words.expectation(same[0]?.text ?? '')}`,
    ...same.flatMap(({ backend, verdict, reason, evidence }) => {
      const now = Object.entries(evidence.now ?? {}).map(
        ([name, value]) => `${name} ${number(value).replaceAll(/\s+/g, ' ')}`,
      );
      const said = wrap([reason, ...(now.length > 0 ? [now.join(', ')] : [])].join(' · '), Math.max(30, width - 30));
      return said.map(
        (line, index) => `    ${index === 0 ? `${backend}: ${mark(verdict, words.verdict[verdict])} ` : '  '}${line}`,
      );
    }),
  ];
}
