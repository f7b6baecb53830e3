import type { Host } from '../host.ts';

/** Runs `work` with a signal that the first Ctrl-C, SIGTERM or hang-up aborts; later ones change nothing, the clean-up has its own deadline. */
export async function untilStopped(host: Host, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const stopListening = host.onStopSignal((signal) => stop.abort(new Error(`stopped by ${signal}`)));
  try {
    await work(stop.signal);
  } finally {
    stopListening();
  }
}
