/** Timers hold no more milliseconds than fit into 31 bits. */
const longest = 2 ** 31 - 1;

/** Calls `action` after `ms`, also where that is months; returns how to call it off. */
export function later(ms: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = setTimeout(() => (left > longest ? wait(left - longest) : action()), Math.min(left, longest));
  };
  wait(Math.max(0, Math.ceil(ms)));
  return () => clearTimeout(timer);
}

/**
 * Lets the process hear what has come in: answers, a stop, the end of the parent. Iterations that never wait would keep everything else from
 * happening, so whoever begins one after the other asks for a pause in between, and has one as soon as 2 ms went by without.
 */
export class Breath {
  static readonly #everyMs = 2;
  #last = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#last > Breath.#everyMs;
  }

  async take(): Promise<void> {
    if (!this.isDue) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#last = performance.now();
  }
}
