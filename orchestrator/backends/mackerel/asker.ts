import type { ZodType } from 'zod';
import type { Clock } from '../../clock/clock.ts';
import type { Trace } from '../backend.ts';
import { httpClient, type HttpAnswer, type HttpClient, type HttpRequest, NoAnswer } from '../http.ts';
import { type Summary, traceAnswer } from './answers.ts';
import { Memory } from './memory.ts';
import { Pacer } from './pacer.ts';
import type { Settings } from './settings.ts';
import { traceOf } from './spans.ts';

/** Mackerel allows one request a second of each. */
const endpoints = [
  '/api/v0/apm/http-server-stats',
  '/api/v0/apm/db-query-stats',
  '/api/v0/traces',
  '/api/v0/org',
] as const;
export type Endpoint = (typeof endpoints)[number];

/** What is so much older than the usual delay does not change any more. Milliseconds. */
const settledAfterMs = 60_000;
const answersRemembered = 500;
const tracesRemembered = 1000;
const tracesAtOnce = 4;

export interface AskerOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The longest that one answer is waited for, and that a request waits for its turn. Milliseconds. */
  readonly answerMs: number;
}

/** Asks Mackerel's API, no faster than it allows whoever asks, and nothing twice that is known or being asked. */
export class Asker {
  readonly #options: AskerOptions;
  readonly #http: HttpClient;
  readonly #delayMs: number;
  readonly #pacers: Readonly<Record<Endpoint | 'trace', Pacer>>;
  readonly #answers = new Memory<unknown>(answersRemembered);
  readonly #traces = new Memory<Trace | undefined>(tracesRemembered);

  constructor({ url, apiKey, delayMs, limits }: Settings, options: AskerOptions) {
    const { name, clock, answerMs } = options;
    this.#options = options;
    this.#http = httpClient({ name, url, headers: { 'X-Api-Key': apiKey }, answerMs });
    this.#delayMs = delayMs;
    const pacer = (everyMs: number, atOnce: number): Pacer =>
      new Pacer({ name, clock, everyMs, atOnce, maxWaiting: 2000, waitMs: answerMs });
    this.#pacers = {
      '/api/v0/apm/http-server-stats': pacer(limits.askEveryMs, 1),
      '/api/v0/apm/db-query-stats': pacer(limits.askEveryMs, 1),
      '/api/v0/traces': pacer(limits.askEveryMs, 1),
      '/api/v0/org': pacer(limits.askEveryMs, 1),
      trace: pacer(limits.traceEveryMs, tracesAtOnce),
    };
  }

  get skewMs(): number | undefined {
    return this.#http.skewMs;
  }

  /** An answer about what was until `to` (epoch seconds), which is kept once that is long past. */
  async ask<T>(endpoint: Endpoint, request: HttpRequest, schema: ZodType<T>, to = Infinity): Promise<T> {
    const { clock } = this.#options;
    const final = to * 1000 + this.#delayMs + settledAfterMs <= clock.now();
    const answer = await this.#answers.recall(
      `${endpoint} ${JSON.stringify(request)}`,
      () => this.#pacers[endpoint].paced(() => this.#http.json(endpoint, request)),
      // What is not understood may have been said by somebody else.
      { final: (json) => final && schema.safeParse(json).success },
    );
    return this.#checked(endpoint, schema, answer);
  }

  /** The trace with this id; undefined where there is none. Of a trace in a list, what is known is given only if it reaches as far as the list says. */
  trace(traceId: string, listed?: Summary): Promise<Trace | undefined> {
    const { clock } = this.#options;
    return this.#traces.recall(traceId, () => this.#pacers.trace.paced(() => this.#fetchTrace(traceId)), {
      final: (trace) => trace !== undefined && endOf(trace) + this.#delayMs <= clock.now(),
      good: (trace) =>
        trace !== undefined && (listed === undefined || lengthOf(trace) >= listed.traceLatencyMillis - 1),
    });
  }

  close(): void {
    for (const pacer of Object.values(this.#pacers)) pacer.close();
  }

  async #fetchTrace(traceId: string): Promise<Trace | undefined> {
    const path = `/api/v0/traces/${traceId}`;
    const answer = await this.#http.text(path, { accept: [404] });
    const json = this.#parsed(path, answer);
    if (answer.status === 404) return undefined;
    const checked = this.#checked(path, traceAnswer, json);
    const trace = traceOf(checked);
    if (trace && checked.spans.some((span) => span.traceId.toLowerCase() !== traceId)) {
      throw this.#nonsense(path, `spans of other traces than ${traceId}`);
    }
    return trace;
  }

  /** A 404 that is not in the form of Mackerel's errors comes from somebody else, and says nothing of the trace. */
  #parsed(path: string, { status, text }: HttpAnswer): unknown {
    try {
      const json = JSON.parse(text) as unknown;
      if (status !== 404 || (typeof json === 'object' && json !== null && 'error' in json)) return json;
    } catch {
      // The error below says it.
    }
    throw this.#nonsense(path, `${status} with something else than Mackerel's JSON`);
  }

  #checked<T>(path: string, schema: ZodType<T>, json: unknown): T {
    const { success, data, error } = schema.safeParse(json);
    if (success) return data;
    const [issue] = error.issues;
    throw this.#nonsense(path, `${issue?.path.map(String).join('.') || 'the answer'}: ${issue?.message}`);
  }

  #nonsense(path: string, what: string): NoAnswer {
    const { name } = this.#options;
    return new NoAnswer('backend-nonsense', `${name} answered ${path} with what is not understood: ${what}`, {
      hint: "check the URL: is it Mackerel's API, https://api.mackerelio.com? If it is, the API has changed",
    });
  }
}

function endOf({ spans }: Trace): number {
  return Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
}

function lengthOf(trace: Trace): number {
  return endOf(trace) - Math.min(...trace.spans.map(({ startMs }) => startMs));
}
