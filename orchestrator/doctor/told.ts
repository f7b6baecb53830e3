import { messageOf, problemLine, ProblemsError } from '../errors.ts';

/** What an error says, on one line; of a file that is wrong every problem, with its place and what to write instead. */
export function told(error: unknown): string {
  return error instanceof ProblemsError ? error.problems.map(problemLine).join('; ') : messageOf(error);
}
