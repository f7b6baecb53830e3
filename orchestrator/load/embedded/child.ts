// The process that plays a script. It is told what to do over IPC, and ends with its parent.
import { readFile } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { k6ExitCodes } from '../engine.ts';
import { handleSummaryData, saveOutputs, summaryOutputs } from '../summary/index.ts';
import type { Returned } from '../summary/returned.ts';
import type { Ending } from './ending.ts';
import { jsonLog, k6Log, type Log } from './engine-log.ts';
import { moduleOperations } from './host/index.ts';
import { graceMs, LoadTest } from './load-test.ts';
import { ScriptPositions } from './positions.ts';
import type { CompiledScript, Order, Report, ScriptError, ScriptFace } from './protocol.ts';
import { quickJsHost } from './quickjs-host.ts';
import { readSettings } from './read-settings.ts';
import { refusalOf } from './refusals.ts';
import type { Outcome } from './single-calls.ts';
import { initOperations } from './test-operations.ts';
import { ScriptFailure, type HostOperations, type VuHost } from './vu-host.ts';

type Play = Extract<Order, { type: 'play' }>;

const parent = process.ppid;
/** The wish of whoever plays the script. */
const toldToStop: Ending = {
  code: k6ExitCodes.externalAbort,
  message: 'test run was aborted because it was told to stop',
  graceMs,
};
/** All but for ever, where the server does not say or do otherwise. */
const keptConnectionMs = 3_600_000;

// https://no-color.org
const noColor = 'NO_COLOR' in process.env;
let stop = die;

process.on('disconnect', die);
// Ctrl-C, and what `timeout` sends, reaches the whole process group; when to stop is for the orchestrator to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (order: Order) => {
  if (order.type === 'stop') stop();
  else void play(order).then(finish);
});

/** Not by `process.exit`, which can wait for ever where V8 is busy in the background. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function play(order: Play): Promise<Report> {
  const { script } = order;
  const log = order.terminal
    ? k6Log((line) => process.stderr.write(line), isatty(2) && !noColor)
    : jsonLog((line) => process.stdout.write(line));
  const positions = new ScriptPositions(script);
  const shared = moduleOperations(script);
  try {
    const host = await quickJsHost({ script, env: order.env, wanted: () => process.ppid === parent });
    const face = await faceOf(host, shared, log);
    const read = readSettings(face, (text) => log('warn', text));
    // A script alone keeps its connections, as in k6: in a show a service that drains must not lose a request.
    const settings = order.terminal ? { ...read, idleMs: keptConnectionMs } : read;
    const test = new LoadTest({
      face,
      settings,
      host,
      positions,
      shared,
      log,
      onProgress: (progress) => send({ type: 'progress', progress, summary: test.records.summary }),
    });
    await test.allocate();
    stop = () => test.end(toldToStop);
    const outcome = await test.play(() => send({ type: 'started', stopWithinMs: test.stopWithinMs }));
    await summarize(test, order, log);
    return ended(test, outcome, { log, isTerminal: order.terminal !== undefined });
  } catch (error) {
    const refusal = refusalOf(error, positions);
    if (refusal) return { type: 'refused', ...refusal };
    throw error;
  }
}

/** What the script offers: it is evaluated once for that alone. */
async function faceOf(host: VuHost, shared: HostOperations, log: Log): Promise<ScriptFace> {
  let refused: ScriptError | undefined;
  const refuse = (error: ScriptError): void => void (refused ??= error);
  const first = await host.create(0, { ...shared, ...initOperations({}, { log, refuse }) });
  const { face } = first;
  first.dispose();
  if (refused) throw new ScriptFailure(refused);
  return face;
}

/** Writes the end-of-test summary, and what the script's `handleSummary` made of it. */
async function summarize(test: LoadTest, { script, summaryExport, machineReadable }: Play, log: Log): Promise<void> {
  const [isStdOutTTY, isStdErrTTY] = [isatty(1), isatty(2)];
  const result = test.records.result(test.progress({ isStdOutTTY, isStdErrTTY, noColor }), await textOf(script));
  const now = new Date();
  const data = handleSummaryData(result, { machineReadable, now });
  const { returned, timedOut } = await test.handleSummary(data);
  if (timedOut) {
    log('error', 'failed to handle the end-of-test summary', { error: timedOut.message ?? '' });
    return;
  }
  const wishes = { handled: returned as Returned | undefined, summaryExport, machineReadable };
  const outputs = summaryOutputs(result, { ...wishes, colors: isStdOutTTY && !noColor, now });
  const failures = saveOutputs(outputs, {
    cwd: process.cwd(),
    stdout: (content) => void process.stdout.write(content),
    stderr: (content) => void process.stderr.write(content),
  });
  for (const error of failures) log('error', 'failed to handle the end-of-test summary', { error });
}

async function textOf({ file }: CompiledScript): Promise<string> {
  return await readFile(file, 'utf8');
}

/** On a terminal the reason is said there, as k6 does; who waits for the end of a load hears it as an error. */
function ended(
  test: LoadTest,
  { code, message, notPlayed = false }: Outcome,
  { log, isTerminal }: { readonly log: Log; readonly isTerminal: boolean },
): Report {
  if (message !== undefined) log('error', message);
  const accident = notPlayed || code === k6ExitCodes.scriptException || code === k6ExitCodes.setupTimeout;
  const error = accident && !isTerminal ? message : undefined;
  return { type: 'ended', summary: test.records.summary, code, ...(error !== undefined && { error }) };
}

function send(report: Report): void {
  process.send?.(report);
}

/** The last report, and the end of the process once all it has said is on its way. */
function finish(report: Report): void {
  process.stderr.write('', () => process.stdout.write('', () => process.send?.(report, die)));
}
