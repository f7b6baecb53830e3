import { lookup, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** The resolver of a container network answers in a millisecond for what is there, and an old engine's never for what is not. */
const patient = new Resolver({ timeout: 500, tries: 1 });
/** For a name that was not there the last time. */
const quick = new Resolver({ timeout: 25, tries: 1 });
const missing = new Set<string>();

/**
 * Addresses of an upstream. A name without a dot is that of a container; it is asked for without the system's resolver, which would wait for
 * ten seconds for a container that is down, and hold up the lookups of all others meanwhile.
 */
export const resolve: LookupFunction = (host, options, callback) => {
  if (host.includes('.') || host === 'localhost') {
    lookup(host, options, callback);
    return;
  }
  (missing.has(host) ? quick : patient).resolve4(host, (error, addresses) => {
    if (error) missing.add(host);
    else missing.delete(host);
    if (error) callback(error, []);
    else if (options.all) {
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    } else callback(null, addresses[0] ?? '', 4);
  });
};
