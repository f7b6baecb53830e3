import type { Out } from './toxic.ts';

/** Holds chunks back until they are due and passes them on in the order they came. Times are `performance.now()` milliseconds. */
export class Schedule {
  readonly #out: Out;
  /** `undefined` in place of a chunk is the end of the stream. */
  readonly #queue: { readonly chunk: Buffer | undefined; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  held = 0;

  constructor(out: Out) {
    this.#out = out;
  }

  add(chunk: Buffer, due: number): void {
    this.held += chunk.length;
    this.#push(chunk, due);
  }

  end(due = 0): void {
    this.#push(undefined, due);
  }

  flush(): void {
    this.#release(Infinity);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.held = 0;
  }

  #push(chunk: Buffer | undefined, due: number): void {
    this.#queue.push({ chunk, due });
    if (this.#queue.length === 1) this.#release(performance.now());
  }

  #release(now: number): void {
    clearTimeout(this.#timer);
    for (let head = this.#queue[0]; head && head.due <= now; head = this.#queue[0]) {
      this.#queue.shift();
      this.held -= head.chunk?.length ?? 0;
      if (head.chunk) this.#out.write(head.chunk);
      else this.#out.end();
    }
    const next = this.#queue[0];
    // A due time of Infinity waits for `flush`.
    if (next && Number.isFinite(next.due)) {
      this.#timer = setTimeout(() => this.#release(performance.now()), Math.ceil(next.due - performance.now()));
    }
  }
}
