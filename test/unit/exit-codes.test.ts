import { expect, test } from 'vitest';
import { type ExitCode, exitCodes, worseOf } from '../../orchestrator/exit-codes.ts';

const worstOf = (...codes: readonly ExitCode[]): ExitCode => codes.reduce(worseOf);

test('the worst round counts, not the last that went wrong', () => {
  const { passed, failed, environment, interrupted } = exitCodes;
  expect(worstOf(passed, environment, failed, passed)).toBe(environment);
  expect(worstOf(passed, failed, passed)).toBe(failed);
  expect(worstOf(passed, passed)).toBe(passed);
  expect(worstOf(interrupted, environment)).toBe(interrupted);
});
