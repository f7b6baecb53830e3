import { createInterface } from 'node:readline';
import { cli } from './cli/program.ts';
import { realClock } from './clock/real-clock.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host, Output, StopSignal } from './host.ts';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** What the core may know of this process; nothing else in the program reads `process` for it. */
function processHost(): Host {
  const { SHOWRUNNER_STARTED_AT: started, ...env } = process.env;
  return {
    env,
    cwd: process.cwd(),
    clock: realClock,
    startedAt: Number(started) || Math.round(performance.timeOrigin),
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    onStopSignal(handler) {
      // Started through bin.mjs by an older Node: that process gone is a hang-up too.
      const gone = () => handler('SIGHUP');
      for (const signal of stopSignals) process.on(signal, handler);
      process.on('disconnect', gone);
      return () => {
        for (const signal of stopSignals) process.off(signal, handler);
        process.off('disconnect', gone);
      };
    },
    interactive: process.stdin.isTTY ?? false,
    onLine(handler) {
      if (!process.stdin.isTTY) return () => {};
      const lines = createInterface({ input: process.stdin, terminal: false }).on('line', handler);
      return () => lines.close();
    },
  };
}

// A reader that went away (`showrunner run | head`) must not leave the shop running: stop as for a hang-up.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.emit('SIGHUP');
  });
}

process.exitCode = await cli(processHost(), process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`showrunner: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.environment;
});
// The handle of the IPC channel to bin.mjs would keep an otherwise finished program alive.
if (process.connected) process.disconnect();
// And so would a request that an engine never answers. Not at once: an exit in the middle of V8's work in the background can wait for ever
// for a collection of garbage that nobody makes any more.
setTimeout(() => process.exit(), 1000).unref();
