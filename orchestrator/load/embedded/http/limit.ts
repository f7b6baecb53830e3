/**
 * Runs the tasks in their order, as k6's batches do: so many at once, and of those with the same key so many (0: no limit). A task that waits
 * for its key keeps its place. Resolves when all are done, also where some failed; then it rejects with the first failure.
 */
export async function runLimited<T>(
  tasks: readonly { readonly key: string; readonly run: () => Promise<T> }[],
  atOnce: number,
  perKey: number,
): Promise<T[]> {
  const results: T[] = [];
  const failures: unknown[] = [];
  const slots = new Map<string, Slots>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at];
      if (!task) return;
      const slot = slotsOf(slots, task.key, perKey);
      await slot?.take();
      try {
        results[at] = await task.run();
      } catch (error) {
        failures.push(error);
      } finally {
        slot?.give();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(tasks.length, Math.max(1, atOnce)) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}

class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

function slotsOf(slots: Map<string, Slots>, key: string, perKey: number): Slots | undefined {
  if (perKey <= 0) return undefined;
  const known = slots.get(key) ?? new Slots(perKey);
  slots.set(key, known);
  return known;
}
