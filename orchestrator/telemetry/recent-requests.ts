import { createHash } from 'node:crypto';

/** A sender that has lost our answer repeats its request within its own patience, which is 10 s by default and a minute at most. */
const rememberedMs = 60_000;
const remembered = 4096;

/**
 * Requests that were taken a short while ago, by their content: a sender that did not get our answer sends the same bytes once more, as OTLP
 * wants it to, and its records would count twice.
 */
export class RecentRequests<Answer> {
  readonly #taken = new Map<string, { readonly answer: Answer; readonly until: number }>();

  /** What a body is remembered by. */
  keyOf(body: Buffer): string {
    return createHash('sha1').update(body).digest('base64');
  }

  /** The answer that it got the first time. */
  answerOf(key: string): Answer | undefined {
    const known = this.#taken.get(key);
    return known && known.until > performance.now() ? known.answer : undefined;
  }

  took(key: string, answer: Answer): void {
    if (this.#taken.size >= remembered) this.#forgetOldest();
    this.#taken.set(key, { answer, until: performance.now() + rememberedMs });
  }

  #forgetOldest(): void {
    for (const key of this.#taken.keys()) {
      this.#taken.delete(key);
      return;
    }
  }
}
