// What runs inside a virtual user's interpreter meets the engine here, and only here. JSON in, JSON out.
import type { HttpReply, HttpRequest, IterationReport, LogLevel } from '../protocol.ts';

declare const hostCall: (operation: string, payload: string) => string;

/** Sends a request and waits for its end; the interpreter is suspended meanwhile. */
export function sendRequest(request: HttpRequest): HttpReply {
  return JSON.parse(hostCall('http', JSON.stringify(request))) as HttpReply;
}

/** Waits; the interpreter is suspended meanwhile. */
export function wait(ms: number): void {
  hostCall('sleep', String(ms));
}

export function log(level: LogLevel, message: string): void {
  hostCall(level, message);
}

/** Thrown where a script uses what k6 has and this engine has not: the run ends, because going on would change what the script means. */
export class NotPlayed extends Error {
  override readonly name = 'NotPlayed';
}

/** Ends the run and says what to use instead. */
export function refuse(feature: string): never {
  throw new NotPlayed(`${feature} is not played by the embedded engine`);
}

type Checks = IterationReport['checks'][number];

const checks = new Map<string, { passes: number; fails: number }>();

export function recordCheck(name: string, passed: boolean): void {
  const counts = checks.get(name) ?? { passes: 0, fails: 0 };
  counts[passed ? 'passes' : 'fails'] += 1;
  checks.set(name, counts);
}

/** The checks since the last call. */
export function takeChecks(): Checks[] {
  const taken = [...checks].map(([name, counts]) => ({ name, ...counts }));
  checks.clear();
  return taken;
}

/** The iteration that is being played; set before each. */
export const current = {
  vu: 0,
  iteration: 0,
  scenario: { name: '', executor: '', startTime: 0, iterationInTest: 0, iterationOfVu: 0 },
};
