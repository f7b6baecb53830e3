import type { Need } from './executors/executor.ts';
import type { VirtualUser } from './virtual-user.ts';

/** How many virtual users a test needs: so many before it begins, so many more at most. */
export interface Demand {
  readonly planned: number;
  readonly unplanned: number;
}

/** What scenarios need together; each with the moment at which it begins, in milliseconds. */
export function demandOf(
  scenarios: readonly { readonly startTimeMs: number; readonly needs: readonly Need[] }[],
): Demand {
  const steps = scenarios
    .flatMap(({ startTimeMs, needs }, owner) => needs.map((need) => ({ ...need, at: startTimeMs + need.at, owner })))
    .toSorted((a, b) => a.at - b.at || a.owner - b.owner);
  const current = scenarios.map(() => ({ planned: 0, unplanned: 0 }));
  let planned = 0;
  let possible = 0;
  for (const step of steps) {
    current[step.owner] = step;
    const sum = (of: (need: Demand) => number): number => current.reduce((total, need) => total + of(need), 0);
    planned = Math.max(
      planned,
      sum((need) => need.planned),
    );
    possible = Math.max(
      possible,
      sum((need) => need.planned + need.unplanned),
    );
  }
  return { planned, unplanned: possible - planned };
}

/** The virtual users of a test. Scenarios take them and give them back; who was given back first is taken first, as in k6. */
export class VuPool {
  readonly #make: (id: number) => Promise<VirtualUser>;
  readonly #demand: Demand;
  readonly #free: VirtualUser[] = [];
  readonly #waiting: ((user: VirtualUser) => void)[] = [];
  #ids = 0;
  #unplanned = 0;
  /** How many there are. */
  size = 0;

  constructor(demand: Demand, make: (id: number) => Promise<VirtualUser>) {
    this.#demand = demand;
    this.#make = make;
  }

  /** Makes all that were planned, while `wanted` says so. */
  async fill(wanted: () => boolean): Promise<void> {
    while (this.size < this.#demand.planned && wanted()) this.give(await this.#create());
  }

  /** One that is free, or will be. */
  take(): Promise<VirtualUser> {
    const user = this.#free.shift();
    return user ? Promise.resolve(user) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A further one; where all that may be made are there already, one that is free. */
  async extra(): Promise<VirtualUser> {
    if (this.#unplanned >= this.#demand.unplanned) return await this.take();
    this.#unplanned += 1;
    try {
      return await this.#create();
    } catch (error) {
      this.#unplanned -= 1;
      throw error;
    }
  }

  give(user: VirtualUser): void {
    const next = this.#waiting.shift();
    if (next) next(user);
    else this.#free.push(user);
  }

  async #create(): Promise<VirtualUser> {
    this.#ids += 1;
    const user = await this.#make(this.#ids);
    this.size += 1;
    return user;
  }
}
