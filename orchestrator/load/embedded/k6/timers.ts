// Module `k6/timers`, whose functions are globals too: https://grafana.com/docs/k6/latest/javascript-api/k6-timers/
import { asText } from './as-text.ts';
import { abandon, callHost, current, failCall, refuse, startHost } from './bridge.ts';
import { GoError } from './go-error.ts';

type Callback = (this: unknown, ...args: unknown[]) => unknown;

interface Timer {
  readonly id: number;
  readonly name: 'setTimeout' | 'setInterval';
  readonly callback: Callback;
  readonly args: readonly unknown[];
  readonly delayMs: number;
  /** Epoch ms. */
  dueAt: number;
}

/** In the order in which they are due. Only the first is waited for. */
let queue: Timer[] = [];
let first: { readonly timer: Timer; readonly promise: Promise<unknown> } | undefined;
/** The one whose callback is running; undefined once it was cleared. */
let running: Timer | undefined;
let lastId = 0;

/** Calls `callback` once; the iteration does not end before that. */
export function setTimeout(callback?: unknown, delayMs?: unknown, ...args: readonly unknown[]): number {
  return start('setTimeout', callback, { delayMs, args });
}

/** Calls `callback` again and again, each time `delayMs` after its last call has ended; the iteration ends when it was cleared. */
export function setInterval(callback?: unknown, delayMs?: unknown, ...args: readonly unknown[]): number {
  return start('setInterval', callback, { delayMs, args });
}

/** Of either kind; nothing where there is no such timer any more. */
export function clearTimeout(id?: unknown): void {
  if (running?.id === id) running = undefined;
  queue = queue.filter((timer) => timer.id !== id);
  waitForFirst();
}

export function clearInterval(id?: unknown): void {
  clearTimeout(id);
}

/** Forgets the timers of a call that was cut short, and says so. */
export function endTimers(): void {
  for (const { name, id } of queue) {
    const message = `${name} ${id} was stopped because the VU iteration was interrupted`;
    callHost('log', { level: 'warn', message });
  }
  queue = [];
  running = undefined;
  waitForFirst();
}

function start(
  name: Timer['name'],
  callback: unknown,
  { delayMs, args }: { readonly delayMs: unknown; readonly args: readonly unknown[] },
): number {
  const isFunction = typeof callback === 'function';
  if (!isFunction && callback !== undefined && callback !== null)
    throw new TypeError(
      `could not convert function call parameter 0: could not convert ${asText(callback)} to sobek.Callable`,
    );
  lastId += 1;
  if (!isFunction) throw new GoError(`${name}'s callback isn't a callable function`);
  if (current.exec === '') refuse(`${name}() while the script is loaded`);
  const delay = inReach(Number(delayMs));
  enqueue({ id: lastId, name, callback: callback as Callback, args, delayMs: delay, dueAt: 0 });
  return lastId;
}

/** k6 counts in nanoseconds of 64 bits; what they do not hold is due at once. */
const inReach = (ms: number): number => (ms > 0 && ms < 2 ** 63 / 1e6 ? ms : 0);

function enqueue(timer: Timer): void {
  timer.dueAt = Date.now() + timer.delayMs;
  const later = queue.findIndex((other) => other.dueAt > timer.dueAt);
  queue.splice(later < 0 ? queue.length : later, 0, timer);
  waitForFirst();
}

function waitForFirst(): void {
  const [timer] = queue;
  if (first?.timer === timer) return;
  if (first) abandon(first.promise);
  first = undefined;
  if (!timer) return;
  const promise = startHost('timers.wait', Math.max(0, timer.dueAt - Date.now()));
  first = { timer, promise };
  void promise.then(runFirst, failCall);
}

function runFirst(): void {
  const timer = queue.shift();
  first = undefined;
  if (!timer) return;
  running = timer;
  try {
    timer.callback.apply(globalThis, [...timer.args]);
  } catch (error) {
    failCall(error);
    return;
  }
  if (running && timer.name === 'setInterval') enqueue(timer);
  running = undefined;
  waitForFirst();
}
