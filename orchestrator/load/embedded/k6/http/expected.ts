import { GoError } from '../go-error.ts';
import type { StatusRange } from './wire.ts';

/** What `http.expectedStatuses` gives: https://grafana.com/docs/k6/latest/javascript-api/k6-http/expected-statuses/ */
export class ExpectedStatuses {
  readonly #ranges: readonly StatusRange[];

  constructor(ranges: readonly StatusRange[]) {
    this.#ranges = ranges;
  }

  static rangesOf(expected: ExpectedStatuses): readonly StatusRange[] {
    return expected.#ranges;
  }
}

export function expectedStatuses(...statuses: unknown[]): ExpectedStatuses {
  if (statuses.length === 0) throw new GoError('no arguments');
  return new ExpectedStatuses(statuses.map(rangeOf));
}

function rangeOf(status: unknown, at: number): StatusRange {
  if (Number.isInteger(status)) return [status as number, status as number];
  if (status === null || status === undefined) throw new TypeError('Cannot convert undefined or null to object');
  const { min, max } = status as { readonly min?: unknown; readonly max?: unknown };
  if (min === undefined || max === undefined)
    throw new GoError(
      `argument number ${at + 1} to expectedStatuses was neither an integer nor an object like {min:100, max:329}`,
    );
  if (!Number.isInteger(min) || !Number.isInteger(max))
    throw new GoError(`both min and max need to be integers for argument number ${at + 1}`);
  return [min as number, max as number];
}

let byDefault: readonly StatusRange[] | null | undefined;

/** Undefined as long as k6's own default holds; null where nothing counts as failed. */
export const defaultExpected = (): readonly StatusRange[] | null | undefined => byDefault;

export function setResponseCallback(callback: unknown): void {
  if (callback === null || callback === undefined) byDefault = null;
  else if (callback instanceof ExpectedStatuses) byDefault = ExpectedStatuses.rangesOf(callback);
  else throw new GoError('unsupported argument, expected http.expectedStatuses');
}
