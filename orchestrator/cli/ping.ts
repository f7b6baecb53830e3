import { randomBytes } from 'node:crypto';
import type { Backend } from '../backends/backend.ts';
import type { Clock } from '../clock/clock.ts';
import { messageOf, ShowrunnerError } from '../errors.ts';
import type { Destination } from '../telemetry/forward/destination.ts';
import { createForwarder } from '../telemetry/forward/create-forwarder.ts';

/** What a backend said when it was called, and how long one span took to be found in it. */
export interface Ping {
  readonly state: 'answers' | 'silent' | 'not called';
  readonly version?: string;
  /** From a span's end to the first answer that had it; absent where it was not found, or cannot be. */
  readonly delayMs?: number;
  /** What is wrong, and what to do about it; or what could not be tried. */
  readonly said: string;
  readonly hint?: string;
}

const service = 'showrunner-ping';
const lookEveryMs = 500;

export interface PingOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long the span is looked for, beyond the delay that is usual for the backend. */
  readonly patienceMs: number;
  /** What to look into where a span was taken and not found, if that is known. */
  readonly astray?: string | undefined;
}

/**
 * Calls a backend: asks its version, sends one span and looks for it until it is found; one that is for display only has answered
 * when it has taken the span. Never throws but for an aborted signal.
 */
export async function ping(
  backend: Backend,
  destination: Destination | undefined,
  options: PingOptions,
): Promise<Ping> {
  let version: string;
  try {
    version = await backend.version();
  } catch (error) {
    options.signal.throwIfAborted();
    return silent(error);
  }
  if (!destination?.urls.traces) return { state: 'answers', version, said: 'answers; nothing is sent to it' };
  try {
    const trip = await roundTrip(backend, destination, options);
    const skew = backend.skewMs?.() ?? 0;
    const apart =
      Math.abs(skew) < 5000
        ? ''
        : `; its clock is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`;
    return { version, ...trip, said: `${trip.said}${apart}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { version, ...silent(error) };
  }
}

/** What failed, with the last words of its log, if it has one. */
export function silent(error: unknown): Ping {
  const { hint, logTail } = error instanceof ShowrunnerError ? error : { hint: undefined, logTail: [] };
  const said = [messageOf(error), ...logTail.filter((line) => line.trim() !== '').slice(-1)].join(': ');
  return { state: 'silent', said, ...(hint !== undefined && { hint }) };
}

async function roundTrip(
  backend: Backend,
  destination: Destination,
  { clock, signal, patienceMs, astray }: PingOptions,
): Promise<Omit<Ping, 'version'>> {
  const sentAt = clock.now();
  const traceId = randomBytes(16).toString('hex');
  const forwarder = createForwarder({ name: backend.name, destination });
  forwarder.take({ signal: 'traces', encoding: 'json', body: requestOf(traceId, sentAt), records: 1, at: sentAt });
  await forwarder.close();
  if (forwarder.counts().delivered !== 1) {
    return { state: 'silent', said: `a span could not be sent: ${forwarder.trouble ?? 'it was not taken'}` };
  }
  if (backend.judgedBy) return { state: 'answers', said: 'a span was taken; it cannot be looked for' };
  const deadline = sentAt + backend.pace.delayMs + patienceMs;
  for (;;) {
    const late = clock.now() > deadline;
    const found = await isThere(backend, traceId, sentAt).catch((error: unknown) => {
      // A backend that has never seen a span may not know yet what it is asked for.
      if (late) throw error;
      return false;
    });
    if (found) return { state: 'answers', delayMs: clock.now() - sentAt, said: 'a span was sent and found' };
    if (late) {
      const after = Math.round((clock.now() - sentAt) / 1000);
      return {
        state: 'silent',
        said: `a span was taken, and not found within ${after} s`,
        hint: astray ?? 'does what is sent go to the same tenant, namespace and environment that is asked?',
      };
    }
    await clock.sleep(lookEveryMs, signal);
  }
}

async function isThere(backend: Backend, traceId: string, sentAt: number): Promise<boolean> {
  if (backend.how.traces !== 'unsupported') return (await backend.trace(traceId)) !== undefined;
  const rows = await backend.endpoints({ from: sentAt - 60_000, to: sentAt + 600_000 }, { service });
  return rows.some(({ count }) => count > 0);
}

/** An ExportTraceServiceRequest in OTLP/JSON with one SERVER span that is complete enough for every backend to list it. */
function requestOf(traceId: string, atMs: number): Buffer {
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: 'GET /ping',
    kind: 2,
    startTimeUnixNano: nanos(atMs - 5),
    endTimeUnixNano: nanos(atMs),
    attributes: [
      text('http.request.method', 'GET'),
      text('http.route', '/ping'),
      { key: 'http.response.status_code', value: { intValue: '200' } },
    ],
    status: {},
  };
  const resource = [
    text('service.name', service),
    text('service.namespace', 'shop'),
    text('deployment.environment.name', 'production'),
    text('deployment.environment', 'production'),
  ];
  const request = { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: [span] }] }] };
  return Buffer.from(JSON.stringify(request));
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;
