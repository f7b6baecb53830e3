// What whoever plays a profile may set: `k6 run -e RATE=5 …`, a show, or `showrunner load -e RATE=5 …` (load-profiles/README.md).
import { secondsOf } from './durations.ts';

/** The storefront. */
export const baseUrl = __ENV.BASE_URL ?? 'http://127.0.0.1:8080';

/** Visits per second, of a profile with a shape at its height; `usual` where nobody has set it. */
export const rateOf = (usual: number): number => Number(__ENV.RATE ?? usual);

/** How long the profile plays, as k6 writes it: `90s`, `1m30s`. */
export const duration = __ENV.DURATION ?? '60s';

/** The visits of a test are the same for the same seed. */
export const seed = Number(__ENV.SEED ?? 1);

/** Over so many seconds a shape is laid: in a show over the planned length of its part, which a presenter may hold for longer. */
export const shapeSeconds = secondsOf(__ENV.PLANNED ?? duration);
