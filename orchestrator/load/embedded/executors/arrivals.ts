import type { OptionReader } from '../options.ts';
import type { Need, Player, Players } from './executor.ts';

/** How many virtual users play what is due. */
export interface Crew {
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

export function readCrew(options: OptionReader): Crew {
  const preAllocatedVUs = options.whole('preAllocatedVUs', 0);
  const maxVUs = options.whole('maxVUs', preAllocatedVUs, preAllocatedVUs);
  return { preAllocatedVUs, maxVUs };
}

export function crewNeeds({ preAllocatedVUs, maxVUs }: Crew, endMs: number): readonly Need[] {
  return [
    { at: 0, planned: preAllocatedVUs, unplanned: maxVUs - preAllocatedVUs },
    { at: endMs, planned: 0, unplanned: 0 },
  ];
}

/**
 * Begins an iteration at each of `dueTimes` (milliseconds from the start), on an absolute schedule, so that a late one delays no other;
 * resolves when the last is over. Where no virtual user is free the iteration is dropped, and another virtual user is made for the next ones.
 */
export async function playArrivals(
  players: Players,
  { durationMs, ...crew }: Crew & { readonly durationMs: number },
  dueTimes: Iterable<number>,
): Promise<void> {
  const arrivals = new Arrivals(players, crew);
  await arrivals.gather();
  const over = players.startedAt + durationMs + timerLateMs;
  for (const offset of dueTimes) {
    const due = players.startedAt + offset;
    if (!(await players.until(due))) break;
    if (players.now > over) players.drop(1);
    else arrivals.begin(due);
  }
  await arrivals.end();
}

/** So late a timer may be, and what was due at the very end is played; after a longer pause the scenario is over, and what is left is dropped. */
const timerLateMs = 100;

class Arrivals {
  readonly #players: Players;
  readonly #maxVUs: number;
  readonly #preAllocatedVUs: number;
  /** Who has waited longest comes next, as in k6. */
  readonly #free: Player[] = [];
  readonly #running = new Set<Promise<void>>();
  #members = 0;
  #making: Promise<void> | undefined;
  #warned = false;

  constructor(players: Players, crew: Crew) {
    this.#players = players;
    this.#maxVUs = crew.maxVUs;
    this.#preAllocatedVUs = crew.preAllocatedVUs;
  }

  async gather(): Promise<void> {
    for (; this.#members < this.#preAllocatedVUs; this.#members += 1) {
      this.#free.push(await this.#players.take('while it plays'));
    }
  }

  begin(due: number): void {
    const player = this.#free.shift();
    if (!player) {
      this.#drop();
      return;
    }
    const over = this.#play(player, due).finally(() => this.#running.delete(over));
    this.#running.add(over);
  }

  async #play(player: Player, due: number): Promise<void> {
    await player.play(due);
    this.#free.push(player);
  }

  async end(): Promise<void> {
    await this.#making;
    await Promise.all(this.#running);
    for (const player of this.#free) player.leave();
  }

  #drop(): void {
    this.#players.drop(1);
    if (this.#members >= this.#maxVUs) {
      if (!this.#warned) this.#players.warn(`all ${this.#maxVUs} virtual users are busy; iterations are dropped`);
      this.#warned = true;
    } else {
      this.#making ??= this.#make();
    }
  }

  async #make(): Promise<void> {
    this.#members += 1;
    const player = await this.#players.add();
    if (player) this.#free.push(player);
    this.#making = undefined;
  }
}
