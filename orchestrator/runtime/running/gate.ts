/** Lets at most `places` in at once, until it is opened for all. */
export class Gate {
  #places: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#places += 1;
    }
  }

  open(): void {
    this.#places = Infinity;
    for (const enter of this.#waiting.splice(0)) enter();
  }
}
