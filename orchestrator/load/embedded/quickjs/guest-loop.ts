import type { Reply } from './replies.ts';

const ignore = (): void => undefined;

/**
 * Calls of one virtual user as turns of an endless loop in the guest (`playOn` in `k6/boot.ts`), which is suspended in between. A call from
 * outside would want a stack of its own each time, and V8 keeps few of them.
 */
export class GuestLoop {
  readonly #playOn: () => Promise<unknown>;
  /** Lets the loop play the next call; undefined while it does not run. */
  #playNext: ((next: string) => void) | undefined;
  /** What the loop is to begin with. */
  #first: string | undefined;
  #onReport: (report: Reply) => void = ignore;
  #onCutOff: (error: unknown) => void = ignore;

  constructor(playOn: () => Promise<unknown>) {
    this.#playOn = playOn;
  }

  /** Plays one call; throws what cuts the loop off, which then begins anew. */
  play(next: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#onReport = resolve;
      this.#onCutOff = reject;
      if (this.#playNext) {
        this.#playNext(next);
        return;
      }
      this.#first = next;
      void this.#run();
    });
  }

  /** The guest has played, and asks what comes next. */
  onNext(report: string): Reply | Promise<Reply> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    return new Promise((resolve) => {
      this.#playNext = resolve;
      const onReport = this.#onReport;
      this.#onReport = ignore;
      this.#onCutOff = ignore;
      onReport(report === '' ? undefined : report);
    });
  }

  async #run(): Promise<void> {
    try {
      await this.#playOn();
    } catch (error) {
      this.#playNext = undefined;
      this.#onCutOff(error);
    }
  }
}
