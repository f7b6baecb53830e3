import { lookup, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** The resolver of a container network answers in a millisecond for what is there, and an old engine's never for what is not. */
const patient = new Resolver({ timeout: 500, tries: 1 });
/** For a name that was not there a moment ago. */
const quick = new Resolver({ timeout: 25, tries: 1 });
const momentMs = 2000;
/** Until when a name is taken for missing. */
const missing = new Map<string, number>();

/**
 * Addresses of an upstream. A name without a dot is that of a container; it is asked for without the system's resolver, which would wait for
 * ten seconds for a container that is down, and hold up the lookups of all others meanwhile.
 */
export const resolve: LookupFunction = (host, options, callback) => {
  if (host.includes('.') || host === 'localhost') {
    lookup(host, options, callback);
    return;
  }
  const isMissing = (missing.get(host) ?? 0) > performance.now();
  (isMissing ? quick : patient).resolve4(host, (error, addresses) => {
    if (!error) missing.delete(host);
    else if (!isMissing) missing.set(host, performance.now() + momentMs);
    if (error) callback(error, []);
    else if (options.all) {
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    } else callback(null, addresses[0] ?? '', 4);
  });
};
