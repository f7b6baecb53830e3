/** Remembers answers by what was asked, and has nothing asked twice at a time. Bounded: what was not used for longest is forgotten. */
export class Memory<Answer> {
  readonly #most: number;
  readonly #asked = new Map<string, Promise<Answer>>();
  readonly #known = new Map<string, Answer>();

  constructor(most: number) {
    this.#most = most;
  }

  /** What is known and still `good`, what is being asked, or what `ask` answers; that is kept where it is `final`. A failure is never kept. */
  recall(
    key: string,
    ask: () => Promise<Answer>,
    judge: { readonly final: (answer: Answer) => boolean; readonly good?: (answer: Answer) => boolean },
  ): Promise<Answer> {
    const known = this.#known.get(key);
    if (known !== undefined && (judge.good?.(known) ?? true)) {
      this.#keep(key, known);
      return Promise.resolve(known);
    }
    const asked = this.#asked.get(key);
    if (asked) return asked;
    const answer = ask()
      .then((given) => {
        if (judge.final(given)) this.#keep(key, given);
        return given;
      })
      .finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    return answer;
  }

  #keep(key: string, answer: Answer): void {
    this.#known.delete(key);
    this.#known.set(key, answer);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#most && oldest !== undefined) this.#known.delete(oldest);
  }
}
