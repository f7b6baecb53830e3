import type { Player, Players } from './executor.ts';

/** One place on the ramp: whoever fills it plays as long as it is wanted, and is another virtual user each time that it is wanted anew. */
export class RampHandle {
  readonly #players: Players;
  /** Those who play, or end their last iteration, for this place. */
  readonly #loops = new Set<Promise<void>>();
  #wanted = false;
  #turn: { player: Player | undefined; cut: boolean } | undefined;

  constructor(players: Players) {
    this.#players = players;
  }

  /** Who still ends its last iteration just goes on. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    if (this.#turn && !this.#turn.cut) return;
    const loop = this.#play().finally(() => this.#loops.delete(loop));
    this.#loops.add(loop);
  }

  /** Lets the running iteration be the last. */
  stop(): void {
    this.#wanted = false;
  }

  /** Interrupts the running iteration. */
  cut(): void {
    this.#wanted = false;
    if (!this.#turn || this.#turn.cut) return;
    this.#turn.cut = true;
    this.#turn.player?.interrupt();
  }

  async idle(): Promise<void> {
    while (this.#loops.size > 0) await Promise.all(this.#loops);
  }

  async #play(): Promise<void> {
    const turn: { player: Player | undefined; cut: boolean } = { player: undefined, cut: false };
    this.#turn = turn;
    turn.player = await this.#players.take('until it leaves');
    while (this.#wanted && !turn.cut && this.#turn === turn && !this.#players.stopped) await turn.player.play();
    turn.player.leave();
    if (this.#turn === turn) this.#turn = undefined;
  }
}
