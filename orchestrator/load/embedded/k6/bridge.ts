// What runs inside a virtual user's interpreter meets the engine here, and only here. Answers begin with a letter that says what follows; only a request's reply may go without.
import type { MetricDeclaration, Sample, Tags } from '../metrics/samples.ts';
import type { FunctionCall, LogLevel } from '../protocol.ts';
import { callKinds } from './call-kinds.ts';

type CallKind = (typeof callKinds)[keyof typeof callKinds];

declare const hostCall: (kind: CallKind, ...texts: readonly [string] | readonly [string, string]) => string | undefined;

/** Samples that are kept for the call's report; more go out at once. */
const keptSamples = 1000;

/** Calls an operation of the engine and waits for its answer; the interpreter is suspended meanwhile. Throws what the operation throws. */
export function callHost(operation: string, value?: unknown): unknown {
  return valueOf(hostCall(callKinds.value, operation, JSON.stringify(value ?? null)));
}

/**
 * As `callHost` for an operation that takes a text and answers with one, or with a number: nothing becomes JSON on the way, unless the text has
 * a NUL, which ends a text where it leaves the interpreter.
 */
export function callHostText(operation: string, text: string): string {
  const answer = text.includes('\0') ? callHost(operation, text) : valueOf(hostCall(callKinds.text, operation, text));
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : '';
}

/** Sends a request, and waits for its reply: both as in `http/wire.ts`, and, unless the request has a NUL, nothing else on the way. */
export function sendRequest(text: string): string {
  if (text.includes('\0')) return String(callHost('http.send', text));
  const reply = hostCall(callKinds.request, text) ?? '';
  // It begins with a status or an exclamation mark, everything else with a letter. It is not copied, because it may be long.
  return reply.charCodeAt(0) <= lastBeforeLetters ? reply : String(valueOf(reply));
}

/** `9`; the exclamation mark is before it. A constant: the place of a call here would be told of an endless loop in the script, which has none of its own. */
const lastBeforeLetters = 57;

export function log(level: LogLevel, message: string): void {
  callHost('log', { level, message });
}

interface Started {
  readonly id: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const started = new Map<number, Started>();
const ids = new WeakMap<object, number>();
let lastId = 0;

/** Starts an operation of the engine. The iteration does not end before the promise is settled, unless it is abandoned. */
export function startHost(operation: string, value?: unknown): Promise<unknown> {
  lastId += 1;
  const id = lastId;
  const promise = new Promise<unknown>((resolve, reject) => started.set(id, { id, resolve, reject }));
  ids.set(promise, id);
  hostCall(callKinds.start, operation, `${id} ${JSON.stringify(value ?? null)}`);
  return promise;
}

/** The iteration no longer waits for what `startHost` gave; it will never be settled. */
export function abandon(promise: Promise<unknown>): void {
  started.delete(ids.get(promise) ?? 0);
}

/** True while something that was started has not been answered. */
export function isWaiting(): boolean {
  return started.size > 0;
}

/** The engine has the answer to what was started as `id`. */
export function settle(id: number, reply: string | undefined): void {
  const waiting = started.get(id);
  if (!waiting) return;
  started.delete(id);
  try {
    waiting.resolve(valueOf(reply));
  } catch (error) {
    waiting.reject(error);
  }
}

/** Forgets what is still on its way: the call has failed, or was interrupted. */
export function abandonAll(): void {
  started.clear();
}

/** How the call that runs failed. */
let failure: { readonly error: unknown } | undefined;

/** Ends the call at once with an error that was thrown outside of its function, as though the function had. */
export function failCall(error: unknown): void {
  failure ??= { error };
}

/** What `failCall` was told since the last time. */
export function takeFailure(): { readonly error: unknown } | undefined {
  const taken = failure;
  failure = undefined;
  return taken;
}

function valueOf(reply: string | undefined): unknown {
  if (reply === undefined) return null;
  const text = reply.slice(1);
  switch (reply.charAt(0)) {
    case 'j':
      return JSON.parse(text);
    case 't':
      return text;
    case 'i':
      // The engine ends this call: the loop is cut off by an error that no script can catch.
      for (;;);
    default:
      throw errorOf(JSON.parse(text) as { readonly name: string; readonly message: string });
  }
}

function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const error = new Error(message);
  if (name !== 'Error') Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return name === 'NotPlayed' ? toldAsRefused(error) : error;
}

/** Thrown where a script uses what k6 has and this engine has not: the run ends, because going on would change what the script means. */
export class NotPlayed extends Error {
  override readonly name = 'NotPlayed';
}

/** Ends the run and says what to use instead. */
export function refuse(feature: string): never {
  throw toldAsRefused(new NotPlayed(`${feature} is not played by the embedded engine`));
}

/** The engine hears of a refusal before the script can catch it. */
function toldAsRefused(error: Error): Error {
  const { name, message, stack = '' } = error;
  hostCall(callKinds.value, 'test.refuse', JSON.stringify({ name, message, stack }));
  return error;
}

/** As JSON already: for most samples the tags are an object that an earlier one had. */
let samples: string[] = [];
const tagTexts = new WeakMap<Tags, string>();

/** Hands a value of a metric to the engine, by the end of the call at the latest. */
export function emit({ metric, value, tags }: Sample): void {
  let text = tagTexts.get(tags);
  if (text === undefined) {
    text = JSON.stringify(tags);
    tagTexts.set(tags, text);
  }
  // Names of metrics are letters, digits and underscores.
  samples.push(`{"metric":"${metric}","value":${Number.isFinite(value) ? value : null},"tags":${text}}`);
  if (samples.length >= keptSamples) sendSamples();
}

/** Hands over what `emit` has kept: before a pause, so that thresholds see an iteration that goes on and on. */
export function sendSamples(): void {
  if (samples.length > 0) hostCall(callKinds.samples, takeSamples() ?? '[]');
}

/** The samples since the last time, as a JSON array; undefined where there are none. */
export function takeSamples(): string | undefined {
  if (samples.length === 0) return undefined;
  const text = `[${samples.join(',')}]`;
  samples = [];
  return text;
}

const metrics = new Map<string, MetricDeclaration>();

/** Makes a metric known to the engine; gives back what the script has declared by that name before, if it has. */
export function declareMetric(declaration: MetricDeclaration): MetricDeclaration | undefined {
  const known = metrics.get(declaration.name);
  if (!known) metrics.set(declaration.name, declaration);
  return known;
}

export function declaredMetrics(): readonly MetricDeclaration[] {
  return [...metrics.values()];
}

let tags: Tags = { group: '' };

/**
 * The tags of this virtual user: those of its scenario, `group`, and what the script wrote to `exec.vu.tags`. Never changed, but replaced:
 * the same object means the same tags.
 */
export function currentTags(): Tags {
  return tags;
}

export function setTag(name: string, value: string): void {
  if (tags[name] !== value) tags = { ...tags, [name]: value };
}

export function removeTag(name: string): void {
  if (!(name in tags)) return;
  const { [name]: _, ...rest } = tags;
  tags = rest;
}

/** As a scenario begins for this virtual user, or `setup` or `teardown`. */
export function resetTags(first: Tags): void {
  tags = first;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The call that is running; set before each. Its `exec` is empty in the init context. */
export const current: Mutable<FunctionCall> = { exec: '', vu: { idInTest: 0, idInInstance: 0 }, iteration: 0 };
