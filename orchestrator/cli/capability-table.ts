import type { Adapter } from '../backends/adapter.ts';
import type { Capabilities, Question } from '../backends/backend.ts';
import { backends } from '../backends/index.ts';
import { expectationKinds } from '../expectations/kinds/index.ts';

/** `native`: the backend computes it; `computed`: we do, from its traces; `no`: it cannot be asked, and the verdict is `unverified`. */
type Capability = 'native' | 'computed' | 'no';

/** The weakest of what an expectation asks for. */
function capability(how: Capabilities, asks: readonly Question[]): Capability {
  const hows = asks.map((question) => how[question]);
  if (hows.includes('unsupported')) return 'no';
  return hows.includes('computed') ? 'computed' : 'native';
}

/** What each kind of backend can answer for each kind of expectation, as JSON or as a Markdown table with its remarks. */
export function capabilityTable(json: boolean): string {
  const kinds = Object.entries(expectationKinds);
  const rows = Object.entries(backends).map(([name, adapter]): readonly [string, Record<string, string>] => [
    name,
    Object.fromEntries(kinds.map(([kind, { asks }]) => [kind, adapter.judgedBy ?? capability(adapter.how, asks)])),
  ]);
  if (json) return `${JSON.stringify(Object.fromEntries(rows))}\n`;
  const names = kinds.map(([kind]) => kind);
  return [
    line(['backend', ...names]),
    line(['---', ...names.map(() => '---')]),
    ...rows.map(([name, row]) => line([name, ...names.map((kind) => row[kind] ?? '')])),
    '',
    ...Object.entries(backends).flatMap(([name, { remarks }]) => remarksOf(name, remarks)),
  ].join('\n');
}

const start = '<!-- capabilities -->\n';

/** A text with the table in the place that is marked for it. */
export function withCapabilities(text: string): string {
  const at = text.indexOf(start);
  if (at < 0) throw new Error(`the text has no line ${start}`);
  return `${text.slice(0, at)}${start}\n${capabilityTable(false)}\n`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function remarksOf(name: string, remarks: Adapter['remarks']): readonly string[] {
  const entries = Object.entries(remarks);
  return entries.length === 0
    ? []
    : [`- ${name}`, ...entries.map(([question, remark]) => `  - ${question}: ${remark}`)];
}
