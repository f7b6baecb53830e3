import { Schedule } from './schedule.ts';
import { toxic } from './toxic.ts';

/** Delays everything by `latency` ± `jitter` milliseconds; the order is kept. */
export const latency = toxic({
  attributes: { latency: 0, jitter: 0 },
  open(attributes, out) {
    const schedule = new Schedule(out);
    return {
      write(chunk) {
        const jitter = attributes.jitter * (2 * Math.random() - 1);
        schedule.add(chunk, performance.now() + attributes.latency + jitter);
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
