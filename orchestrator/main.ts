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
// Not left to the event loop: a request that an engine never answers would keep a finished program alive.
for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write('', written));
process.exit();
