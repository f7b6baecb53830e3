import type { Window } from '../../backends/backend.ts';

/** Records that were lost, by the second in which the tap accepted them. */
export class Losses {
  readonly #seconds: { readonly second: number; records: number; reason: string }[] = [];
  #total = 0;

  add(at: number, records: number, reason: string): void {
    if (records <= 0) return;
    this.#total += records;
    const second = Math.floor(at / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) {
      last.records += records;
      last.reason = reason;
      return;
    }
    this.#seconds.push({ second, records, reason });
    if (this.#seconds.length > remembered) this.#seconds.shift();
  }

  get total(): number {
    return this.#total;
  }

  /** Of every second that touches the window, and the reason of the latest. */
  in({ from, to }: Window): { readonly records: number; readonly reason: string | undefined } {
    const lost = this.#seconds.filter(({ second }) => second * 1000 < to && (second + 1) * 1000 > from);
    return { records: lost.reduce((sum, { records }) => sum + records, 0), reason: lost.at(-1)?.reason };
  }
}

/** Seconds with losses; no act is judged over more than an hour. */
const remembered = 3600;
