import type { Executor, Players } from './executor.ts';
import { fixedNeeds, isOpen, playEach } from './looping.ts';

/** A number of iterations in all; each virtual user plays the next one as soon as it is free. */
export const sharedIterations: Executor = {
  options: { vus: 'value', iterations: 'value', maxDuration: 'duration' },
  plan(options, gracefulStopMs) {
    const vus = options.whole('vus', 1, 1);
    const iterations = options.whole('iterations', 1, 1);
    if (iterations < vus) {
      options.note(
        'iterations',
        `\`iterations\` is ${iterations}, less than the ${vus} virtual users`,
        'write at least as many iterations as `vus`',
      );
    }
    const durationMs = options.duration('maxDuration', 1000, '10m');
    const endMs = durationMs + gracefulStopMs;
    return {
      needs: fixedNeeds(vus, endMs),
      durationMs,
      endMs,
      iterations,
      run: (players) => play(players, { vus, iterations, durationMs }),
    };
  },
};

async function play(
  players: Players,
  { vus, iterations, durationMs }: { readonly vus: number; readonly iterations: number; readonly durationMs: number },
): Promise<void> {
  let begun = 0;
  await playEach(players, vus, async (player) => {
    while (isOpen(players, durationMs) && begun < iterations) {
      begun += 1;
      await player.play();
    }
  });
  if (begun < iterations && !players.stopped) players.drop(iterations - begun);
}
