import { durationOf, isObject, type OptionReader } from '../options.ts';

/** A part of a ramp: from wherever the last one ended to `target`, in a straight line. */
export interface Stage {
  readonly durationMs: number;
  readonly target: number;
}

/** The stages of a scenario, at least one; notes what is wrong with them in the reader. */
export function readStages(options: OptionReader): readonly Stage[] {
  const list = options.list('stages') ?? [];
  if (list.length === 0) {
    options.note('stages', '`stages` is missing or empty', "write at least one, `{ duration: '30s', target: 10 }`");
  }
  return list.map((one, index) => readStage(options, one, index + 1));
}

function readStage(options: OptionReader, written: unknown, number: number): Stage {
  const stage = isObject(written) ? written : {};
  const unknown = Object.keys(stage).find((name) => name !== 'duration' && name !== 'target');
  const durationMs = durationOf(stage['duration']);
  const target = Number(stage['target'] ?? Number.NaN);
  if (durationMs === undefined || durationMs < 0 || !Number.isInteger(target) || target < 0 || unknown !== undefined) {
    options.note(
      'stages',
      `stage ${number} of \`stages\` is ${JSON.stringify(written)}`,
      "write `{ duration: '30s', target: 10 }` with a whole number of at least 0",
    );
    return { durationMs: 0, target: 0 };
  }
  return { durationMs, target };
}

export function totalMs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
