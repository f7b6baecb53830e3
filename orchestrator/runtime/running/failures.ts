import { messageOf, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Instance } from './instance.ts';

/** Causes that look the same whoever meets them: their mark in a message or a log, and what to do. */
const knownCauses = [
  {
    code: 'disk-full',
    mark: /ENOSPC|no space left on device/i,
    hint: 'free some space on the disks that hold the temporary folder, the cache and the runs, then start again',
  },
  {
    code: 'port-taken',
    mark: /EADDRINUSE|address already in use|could not bind|port is already allocated/i,
    hint: 'end whatever listens on that port (`ss -ltnp` shows it), then start again: ports are chosen anew',
  },
  {
    code: 'out-of-memory',
    mark: /ENOMEM|cannot allocate memory|out of memory/i,
    hint: 'free some memory: the shop needs about 1 GB',
  },
  {
    code: 'no-address-pool',
    // Docker's words, then those of newer ones.
    mark: /could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted/i,
    hint: 'the engine has too many networks: remove those that nothing uses (`docker network prune`), then start again',
  },
];

/** What a message or a log tells about its cause, if it is one of those known. */
export function knownCause(text: string) {
  return knownCauses.find(({ mark }) => mark.test(text));
}

/** The error for a process or container that ended, or never got ready, while the shop was starting. */
export async function processFailure(
  process: Pick<Instance, 'name' | 'logFile' | 'logTail'>,
  what: string,
): Promise<ShowrunnerError> {
  const logTail = await process.logTail();
  const known = knownCause(what) ?? knownCause(logTail.join('\n'));
  return new ShowrunnerError(known?.code ?? 'process-failed', `${process.name} ${what}`, {
    exitCode: exitCodes.environment,
    hint: known?.hint ?? `its whole log is ${process.logFile}`,
    logTail,
  });
}

/** Whatever was thrown while the shop was starting, as an error for the user. */
export function startFailure(error: unknown): ShowrunnerError {
  if (error instanceof ShowrunnerError) return error;
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = knownCause(`${code} ${message}`);
  return new ShowrunnerError(known?.code ?? 'start-failed', `the shop could not be started: ${message}`, {
    exitCode: exitCodes.environment,
    hint: known?.hint ?? 'the logs of the run may say more',
    cause: error,
  });
}
