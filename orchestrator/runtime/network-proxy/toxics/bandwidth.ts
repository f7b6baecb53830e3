import { Schedule } from './schedule.ts';
import { toxic } from './toxic.ts';

/** Lets `rate` kilobytes (1000 bytes) a second through; at 0 nothing passes. Leaves in pieces of at most 100 ms, as Toxiproxy does. */
export const bandwidth = toxic({
  attributes: { rate: 0 },
  open({ rate }, out) {
    const schedule = new Schedule(out);
    const bytesPerPiece = Math.max(1, rate * 100);
    let free = 0;
    return {
      write(chunk) {
        free = Math.max(free, performance.now());
        for (let from = 0; from < chunk.length; from += bytesPerPiece) {
          const piece = rate > 0 ? chunk.subarray(from, from + bytesPerPiece) : chunk;
          free = rate > 0 ? free + piece.length / rate : Infinity;
          schedule.add(piece, free);
          if (rate <= 0) break;
        }
      },
      end: () => schedule.end(),
      flush: () => schedule.flush(),
      destroy: () => schedule.destroy(),
      get held() {
        return schedule.held;
      },
    };
  },
});
