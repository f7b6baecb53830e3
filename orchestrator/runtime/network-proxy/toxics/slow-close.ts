import { Schedule } from './schedule.ts';
import { toxic } from './toxic.ts';

/** Delays the end of the stream by `delay` milliseconds. */
export const slowClose = toxic({
  attributes: { delay: 0 },
  open({ delay }, out) {
    const schedule = new Schedule(out);
    return {
      write: (chunk) => out.write(chunk),
      end: () => schedule.end(performance.now() + delay),
      flush: () => schedule.flush(),
      destroy: () => schedule.destroy(),
      held: 0,
    };
  },
});
