import { messageOf, problemLine, ProblemsError, ShowrunnerError } from '../errors.ts';

/** An error as a trouble of the run; of a file's problems, each with its place. */
export function told(error: unknown): { readonly message: string; readonly hint?: string } {
  if (error instanceof ProblemsError) return { message: error.problems.map(problemLine).join('; ') };
  const hint = error instanceof ShowrunnerError ? error.hint : undefined;
  return { message: messageOf(error), ...(hint !== undefined && { hint }) };
}
