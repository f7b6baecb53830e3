import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A place in a file the user wrote. Line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** One thing wrong in a user's file: what, where, the line itself, and what to write instead. */
export interface Problem {
  readonly message: string;
  readonly at: Position;
  /** The source line; a caret under `at.col` is drawn by whoever prints it. */
  readonly excerpt?: string;
  readonly hint?: string;
}

/** An error meant for the user: what happened, a stable code, what to do, and the exit code it leads to. */
export class ShowrunnerError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  /** The last lines of the log of whatever failed, oldest first. */
  readonly logTail: readonly string[];

  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode: ExitCode; logTail?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'ShowrunnerError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
    this.logTail = options.logTail ?? [];
  }
}

/** All problems of the user's files at once; exit code 2. */
export class ProblemsError extends ShowrunnerError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('invalid-file', `${problems.length} problem${problems.length === 1 ? '' : 's'}`, {
      exitCode: exitCodes.usage,
    });
    this.problems = problems;
  }
}

/** A problem on one line: `file:line:col: message → hint`. */
export function problemLine({ at, message, hint }: Problem): string {
  return `${at.file}:${at.line}:${at.col}: ${message}${hint ? ` → ${hint}` : ''}`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
