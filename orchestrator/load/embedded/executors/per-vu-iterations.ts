import type { Executor } from './executor.ts';
import { fixedNeeds, isOpen, playEach } from './looping.ts';

/** A number of iterations for each virtual user. */
export const perVuIterations: Executor = {
  options: { vus: 'value', iterations: 'value', maxDuration: 'duration' },
  plan(options, gracefulStopMs) {
    const vus = options.whole('vus', 1, 1);
    const iterations = options.whole('iterations', 1, 1);
    const durationMs = options.duration('maxDuration', 1000, '10m');
    const endMs = durationMs + gracefulStopMs;
    return {
      needs: fixedNeeds(vus, endMs),
      durationMs,
      endMs,
      iterations: vus * iterations,
      run: (players) =>
        playEach(players, vus, async (player) => {
          let begun = 0;
          for (; begun < iterations && isOpen(players, durationMs); begun += 1) await player.play();
          if (begun < iterations && !players.stopped) players.drop(iterations - begun);
        }),
    };
  },
};
