import type { Backend } from '../backends/backend.ts';
import { messageOf, ShowrunnerError } from '../errors.ts';

export interface Versions {
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  /** What those that did not answer said, for the journal. */
  readonly silent: readonly { readonly message: string; readonly hint?: string }[];
}

/** Asks each backend for its version. One that does not answer now may do so later; until then its verdicts are `unverified`. */
export async function versionsOf(backends: readonly Backend[]): Promise<Versions> {
  const silent: { readonly message: string; readonly hint?: string }[] = [];
  const versions = backends.map(async (backend) => {
    const version = await backend.version().catch((error: unknown) => {
      const hint = error instanceof ShowrunnerError ? error.hint : undefined;
      silent.push({ message: messageOf(error), ...(hint !== undefined && { hint }) });
      return 'unknown';
    });
    return { name: backend.name, version };
  });
  return { versions: await Promise.all(versions), silent };
}
