import type { Position, Problem } from '../errors.ts';

/** A user's file as text. `file` is the name that problems show. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A show or a talk is a page or two; what is larger is something else. */
export const maxFileBytes = 256 * 1024;

const maxExcerpt = 160;

/** Collects what is wrong in one file. */
export class ProblemList {
  readonly file: string;
  readonly #lines: readonly string[];
  readonly #problems: Problem[] = [];

  constructor(source: SourceFile) {
    this.file = source.file;
    this.#lines = source.text.split(/\r?\n/);
  }

  add(at: Position, message: string, hint?: string): void {
    const excerpt = this.#lines[at.line - 1]?.trimEnd().slice(0, maxExcerpt);
    this.#problems.push({ message, at, ...(excerpt && { excerpt }), ...(hint && { hint }) });
  }

  get empty(): boolean {
    return this.#problems.length === 0;
  }

  /** In the order of the file. */
  sorted(): readonly Problem[] {
    return this.#problems.toSorted((a, b) => a.at.line - b.at.line || a.at.col - b.at.col);
  }
}

/** The problem of a file that is too large to be read. */
export function tooLarge(file: string, bytes: number): Problem {
  return {
    message: `the file has ${Math.ceil(bytes / 1024)} KB; at most ${maxFileBytes / 1024} KB are read`,
    at: { file, line: 1, col: 1 },
    hint: 'is this the right file?',
  };
}

/** A user's value between backticks, short enough for a line. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}
