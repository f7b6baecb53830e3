import { type Check, ok, problem } from './check.ts';

/** No show is older than the program, nor is this one still played then. */
const sane = { from: Date.UTC(2026, 0), to: Date.UTC(2100, 0) } as const;

export const setClock = 'sudo timedatectl set-ntp true';

/** Whether the machine's clock can be right: a backend refuses or hides what is from another year. */
export const clockCheck = (): Check => ({
  async look({ clock }) {
    const now = clock.now();
    const found = new Date(now).toISOString();
    if (now >= sane.from && now < sane.to) return ok(found);
    return problem(`it is not ${found}`, setClock);
  },
});
