import type { Executor } from './executor.ts';
import { fixedNeeds, isOpen, playEach } from './looping.ts';

/** A fixed number of virtual users, each playing one iteration after the other for a time. */
export const constantVUs: Executor = {
  options: { vus: 'value', duration: 'duration' },
  plan(options, gracefulStopMs) {
    const vus = options.whole('vus', 1, 1);
    const durationMs = options.duration('duration', 1000);
    const endMs = durationMs + gracefulStopMs;
    return {
      needs: fixedNeeds(vus, endMs),
      durationMs,
      endMs,
      run: (players) =>
        playEach(players, vus, async (player) => {
          while (isOpen(players, durationMs)) await player.play();
        }),
    };
  },
};
