import type { Problem } from '../../errors.ts';
import { k6ExitCodes } from '../engine.ts';
import { otherEngines } from './advice.ts';
import { OptionProblems, type OptionProblem } from './options.ts';
import { NothingToPlay } from './read-settings.ts';
import type { ScriptPositions } from './positions.ts';
import { testAborted } from './test-operations.ts';
import { ScriptFailure } from './vu-host.ts';

/** Why a script is not played. */
export interface Refusal {
  readonly problems: readonly Problem[];
  /** k6's exit code. */
  readonly code: number;
}

/** What an error while the script is loaded means to its author; undefined where it is the engine's own. */
export function refusalOf(error: unknown, positions: ScriptPositions): Refusal | undefined {
  if (error instanceof OptionProblems) {
    const [{ code = k6ExitCodes.invalidConfig } = {}] = error.problems;
    return { problems: error.problems.map((one) => optionProblem(one, positions)), code };
  }
  if (error instanceof NothingToPlay) {
    const message = 'the script exports no function';
    return {
      problems: [{ message, hint: 'write `export default function () { … }`', ...positions.ofText(/^/) }],
      code: k6ExitCodes.unknownError,
    };
  }
  if (!(error instanceof ScriptFailure)) return undefined;
  const { name, message } = error.error;
  const place = positions.ofError(error.error);
  if (name === testAborted) return { problems: [{ message, ...place }], code: k6ExitCodes.scriptAborted };
  const problem =
    name === 'NotPlayed'
      ? { message, hint: otherEngines, ...place }
      : { message: `the script failed while it was loaded: ${name === '' ? '' : `${name}: `}${message}`, ...place };
  return { problems: [problem], code: k6ExitCodes.scriptException };
}

function optionProblem({ message, patterns, hint }: OptionProblem, positions: ScriptPositions): Problem {
  const places = patterns.map((pattern) => positions.ofText(pattern));
  const found = places.find(({ at }) => at.line > 1 || at.col > 1) ?? positions.ofText(/^/);
  return { message, hint, ...found };
}
