/** Why a test ends before its scenarios do. */
export interface Ending {
  /** k6's exit code. */
  readonly code: number;
  readonly message: string;
  /** How long running iterations may go on; they are interrupted at once where it is 0. */
  readonly graceMs: number;
}

/** The end of a test, before its time: the first reason counts. */
export class EarlyEnd {
  ending: Ending | undefined;
  readonly #listeners = new Set<() => void>();

  get isSet(): boolean {
    return this.ending !== undefined;
  }

  set(ending: Ending): void {
    if (this.ending) return;
    this.ending = ending;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` when the end is set, or now where it is; returns how to stop listening. */
  listen(listener: () => void): () => void {
    if (this.ending) listener();
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
