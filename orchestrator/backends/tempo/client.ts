import type { ZodType } from 'zod';
import { boundsOf } from '../../telemetry/bounds.ts';
import { msOf } from '../../telemetry/tables.ts';
import type { Trace, Window } from '../backend.ts';
import { spansOfOtlp, tracesOfSpans } from '../computed/index.ts';
import { httpClient, NoAnswer } from '../http.ts';
import { apiOf, type Settings } from './settings.ts';
import {
  buildInfo,
  type FoundTrace,
  instantAnswer,
  searchAnswer,
  type Series,
  tagValuesAnswer,
  traceAnswer,
} from './shapes.ts';

/** The longest that one answer may take. Milliseconds. */
export const answerMs = 30_000;

/** A search that has more is not answered: Tempo gives the first ones that it comes upon. A minute of 300 requests a second. */
const maxTraces = 20_000;

/** One span of a trace that a search has found. Its attributes are those that the query names, without their scope. */
export interface HitSpan {
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/** A trace that a search has found: its matching spans in the window. */
export interface Hit {
  readonly traceId: string;
  readonly spans: readonly HitSpan[];
  /** Spans of the trace that match too, and that the answer has no room for. */
  readonly more: number;
}

/** Tempo's HTTP API. Everything throws NoAnswer where it gives no answer, or a part of one. */
export interface TempoClient {
  /** One number for each group of a TraceQL metrics query over the window. Durations are in seconds. */
  instant(window: Window, query: string): Promise<readonly Series[]>;
  /** All traces with a span that matches; `spansEach`: at most so many spans of one. */
  search(window: Window, query: string, spansEach: number): Promise<readonly Hit[]>;
  trace(traceId: string): Promise<Trace | undefined>;
  /** Names of services that have sent spans. */
  services(window: Window): Promise<ReadonlySet<string>>;
  version(): Promise<string>;
  skewMs(): number | undefined;
}

export function tempoClient(name: string, settings: Settings): TempoClient {
  const http = httpClient({ name, ...apiOf(settings), answerMs });

  function parsed<T>(path: string, schema: ZodType<T>, answer: unknown): T {
    const { success, data, error } = schema.safeParse(answer);
    if (success) return data;
    const [issue] = error.issues;
    const where = issue?.path.join('.');
    throw new NoAnswer('backend-nonsense', `${name} answered ${path} unlike Tempo: ${where}: ${issue?.message}`, {
      hint: 'check that Tempo is behind this URL, or a Tempo data source behind this uid, and its version',
    });
  }

  function whole<T extends { status?: string | undefined; message?: string | undefined }>(path: string, answer: T): T {
    if (answer.status === undefined || answer.status === 'COMPLETE') return answer;
    throw new NoAnswer('backend-cut', `${name} answered ${path} only in part: ${answer.message ?? answer.status}`, {
      hint: 'ask for a shorter window, or raise its limits (max_response_series, max_bytes_per_trace)',
    });
  }

  return {
    async instant(window, q) {
      const path = '/api/metrics/query';
      const bounds = boundsOf(window);
      if (bounds === undefined) return [];
      // Tempo 3 takes the end in, 2.6 does not; a nanosecond before it both agree. Neither takes 0 for a start.
      const query = { q, start: String(bounds.from || 1n), end: String(bounds.to - 1n) };
      return whole(path, parsed(path, instantAnswer, await http.json(path, { query }))).series;
    },

    async search(window, q, spansEach) {
      const path = '/api/search';
      const seconds = secondsOf(window);
      if (seconds === undefined) return [];
      const query = { q, ...seconds, limit: maxTraces, spss: spansEach };
      const { traces } = whole(path, parsed(path, searchAnswer, await http.json(path, { query })));
      if (traces.length >= maxTraces) {
        throw new NoAnswer('backend-too-much', `${name} found ${maxTraces} traces or more`, {
          hint: 'ask for a shorter window, or with less load',
        });
      }
      return traces.map((trace) => hitOf(trace, window)).filter(({ spans }) => spans.length > 0);
    },

    async trace(traceId) {
      if (!/^[\da-f]{1,32}$/i.test(traceId)) return undefined;
      const path = `/api/v2/traces/${traceId.toLowerCase()}`;
      const answer = whole(path, parsed(path, traceAnswer, await http.json(path)));
      const [trace] = tracesOfSpans(spansOfOtlp(answer.trace.resourceSpans));
      return trace;
    },

    async services(window) {
      const path = '/api/v2/search/tag/resource.service.name/values';
      const answer = parsed(path, tagValuesAnswer, await http.json(path, { query: { ...secondsOf(window) } }));
      return new Set(answer.tagValues.map(({ value }) => value));
    },

    skewMs: () => http.skewMs,
    async version() {
      const path = '/api/status/buildinfo';
      const { version, goVersion } = parsed(path, buildInfo, await http.json(path));
      return version || `a build that does not name its version (${goVersion})`;
    },
  };
}

/** Whole seconds around a window, as a search takes them. */
function secondsOf(window: Window): { readonly start: number; readonly end: number } | undefined {
  const bounds = boundsOf(window);
  if (bounds === undefined) return undefined;
  const start = Math.max(1, Math.floor(Number(bounds.from / 1_000_000n) / 1000));
  return { start, end: Math.max(start + 1, Math.ceil(Number(bounds.to / 1_000_000n) / 1000)) };
}

/** A search finds traces that overlap the window; its spans are held against it here. */
function hitOf({ traceID, spanSet, spanSets }: FoundTrace, { from, to }: Window): Hit {
  const sets = spanSets ?? (spanSet === undefined ? [] : [spanSet]);
  const spans = sets.flatMap((set) =>
    set.spans.map((span) => ({
      startMs: msOf(BigInt(span.startTimeUnixNano)),
      durationMs: Number(span.durationNanos) / 1e6,
      attributes: span.attributes,
    })),
  );
  return {
    traceId: traceID.padStart(32, '0'),
    spans: spans.filter(({ startMs }) => startMs >= from && startMs < to),
    more: Math.max(0, ...sets.map((set) => set.matched - set.spans.length)),
  };
}
