// The process that plays a script. It is told what to do over IPC, logs to stdout, and ends with its parent.
import type { Problem } from '../../errors.ts';
import { otherEngines } from './advice.ts';
import { LoadTest } from './load-test.ts';
import { OptionError } from './options.ts';
import { ScriptPositions } from './positions.ts';
import type { LogLevel, Order, Report } from './protocol.ts';
import { quickJsHost } from './quickjs-host.ts';
import { readSettings } from './scenarios.ts';
import { ScriptFailure, type HostCalls } from './vu-host.ts';

const parent = process.ppid;
let stop = (): void => process.exit(0);

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; when to stop is for the orchestrator to say.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (order: Order) => {
  if (order.type === 'stop') stop();
  else void play(order).then(finish);
});

async function play({ script, env }: Extract<Order, { type: 'play' }>): Promise<Report> {
  const positions = new ScriptPositions(script);
  try {
    const host = await quickJsHost({ script, env, wanted: () => process.ppid === parent });
    const first = await host.create(0, initCalls);
    const settings = readSettings(first.face);
    first.dispose();
    const test = new LoadTest({
      settings,
      host,
      positions,
      log,
      onProgress: (progress) => send({ type: 'progress', progress, summary: test.summary }),
    });
    await test.allocate();
    stop = () => test.stop();
    send({ type: 'started' });
    const error = await test.play();
    return { type: 'ended', summary: test.summary, ...(error !== undefined && { error }) };
  } catch (error) {
    const problem = problemOf(error, positions);
    if (problem) return { type: 'refused', problem };
    throw error;
  }
}

/** In the init context k6 allows neither requests nor sleeping. */
const initCalls: HostCalls = {
  http: () => Promise.reject(new Error('requests cannot be made in the init context')),
  sleep: () => Promise.resolve(),
  log,
};

function problemOf(error: unknown, positions: ScriptPositions): Problem | undefined {
  if (error instanceof OptionError)
    return { message: error.message, hint: error.hint, ...positions.ofText(error.pattern) };
  if (!(error instanceof ScriptFailure)) return undefined;
  const { name, message } = error.error;
  const place = positions.ofError(error.error);
  if (name === 'NotPlayed') return { message, hint: otherEngines, ...place };
  return { message: `the script failed while it was loaded: ${name}: ${message}`, ...place };
}

function log(level: LogLevel, message: string): void {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), level, msg: message })}\n`);
}

function send(report: Report): void {
  process.send?.(report);
}

/** The last report, and the end of the process once it is on its way. */
function finish(report: Report): void {
  process.send?.(report, () => process.exit(0));
}
