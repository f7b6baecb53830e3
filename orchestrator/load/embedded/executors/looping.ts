import type { Need, Player, Players } from './executor.ts';

/** A fixed number of virtual users, until the end of the graceful stop. */
export function fixedNeeds(vus: number, endMs: number): readonly Need[] {
  return [
    { at: 0, planned: vus, unplanned: 0 },
    { at: endMs, planned: 0, unplanned: 0 },
  ];
}

/** Lets each of `vus` virtual users play by `loop`, and gives it back; resolves when all are done. */
export async function playEach(players: Players, vus: number, loop: (player: Player) => Promise<void>): Promise<void> {
  const taken = await Promise.all(Array.from({ length: vus }, () => players.take('until it leaves')));
  await Promise.all(
    taken.map(async (player) => {
      await loop(player);
      player.leave();
    }),
  );
}

/** Whether a further iteration may begin. */
export function isOpen(players: Players, durationMs: number): boolean {
  return !players.stopped && players.now < players.startedAt + durationMs;
}
