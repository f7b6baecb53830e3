import type { TestResult } from '../result.ts';
import { summaryExport } from './export.ts';
import { machineReadableSummary } from './machine-readable.ts';
import type { Returned } from './returned.ts';
import { endOfTestText } from './text.ts';

export interface SummaryWishes {
  /** What `packReturned` made of the result of `handleSummary`; undefined where the script has none, or it threw. */
  readonly handled?: Returned | undefined;
  readonly summaryExport?: string | undefined;
  readonly machineReadable?: string | undefined;
  readonly colors: boolean;
  readonly now: Date;
}

export interface SummaryOutputs {
  /** By `stdout`, `stderr` or the path of a file. */
  readonly outputs: Readonly<Record<string, string | Uint8Array>>;
  /** Why nothing is written. */
  readonly error?: string;
}

/** What `handleSummary` gets: as in k6, the newer form where that is wished. */
export function handleSummaryData(
  result: TestResult,
  { machineReadable, now }: Pick<SummaryWishes, 'machineReadable' | 'now'>,
): unknown {
  return machineReadable === undefined ? result.end : machineReadableSummary(result, now);
}

/** What a test leaves behind: what the script's `handleSummary` returned, or k6's text, and the files that the user asked for. */
export function summaryOutputs(result: TestResult, wishes: SummaryWishes): SummaryOutputs {
  const { handled = { nothing: true } } = wishes;
  if ('invalid' in handled) return { outputs: {}, error: 'handleSummary() should return a map with string keys' };
  const outputs: Record<string, string | Uint8Array> = {};
  if ('nothing' in handled) outputs['stdout'] = endOfTestText(result, wishes);
  for (const [path, value] of Object.entries('files' in handled ? handled.files : {})) {
    if ('invalid' in value) return { outputs: {}, error: invalidValue(path, value.invalid) };
    outputs[path] = 'text' in value ? value.text : Buffer.from(value.bytes, 'latin1');
  }
  if (wishes.summaryExport) outputs[wishes.summaryExport] = summaryExport(result.end);
  if (wishes.machineReadable) {
    outputs[wishes.machineReadable] = JSON.stringify(machineReadableSummary(result, wishes.now), undefined, 4);
  }
  return { outputs };
}

/** k6 writes nothing at all then. */
const invalidValue = (path: string, type: string): string =>
  `error handling summary object ${path}: invalid type ${type}, it needs to be a string or ArrayBuffer`;
