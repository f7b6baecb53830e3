import type { Backend } from '../backends/backend.ts';
import type { Clock } from '../clock/clock.ts';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { aborting, withDeadline } from './deadline.ts';

export interface Versions {
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  /** What those that did not answer said, for the journal. */
  readonly silent: readonly { readonly message: string; readonly hint?: string }[];
}

/** The start does not wait longer for a backend to say who it is. */
const withinMs = 3000;

/** Asks each backend for its version. One that does not answer now may do so later; until then its verdicts are `unverified`. */
export async function versionsOf(
  backends: readonly Backend[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Versions> {
  const silent: { readonly message: string; readonly hint?: string }[] = [];
  const versions = backends.map(async (backend) => {
    const asked = withDeadline(clock, `the first answer of ${backend.name}`, withinMs, backend.version());
    const version = await Promise.race([asked, aborting(signal)]).catch((error: unknown) => {
      signal.throwIfAborted();
      const hint = error instanceof ShowrunnerError ? error.hint : undefined;
      silent.push({ message: messageOf(error), ...(hint !== undefined && { hint }) });
      return 'unknown';
    });
    return { name: backend.name, version };
  });
  return { versions: await Promise.all(versions), silent };
}
