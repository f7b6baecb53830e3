import type { Span } from '../backend.ts';
import { NoAnswer } from '../http.ts';

/** Whose traces are asked for. Epoch milliseconds, whole, both inclusive. */
export interface Search {
  readonly from: number;
  readonly to: number;
  /** Absent: of all services at once. */
  readonly service?: string;
}

/** One generation of Jaeger's HTTP API. Whatever keeps it from answering is a NoAnswer. */
export interface JaegerApi {
  readonly generation: 'v3' | 'legacy';
  services(): Promise<readonly string[]>;
  /** The spans of whole traces that have a span which begins then; at most `searchDepth` traces. */
  search(search: Search): Promise<readonly Span[]>;
  /** The spans of one trace, by its id in hex; none where there is no such trace. */
  trace(traceId: string): Promise<readonly Span[]>;
}

/** Traces of one search: what a store can hold (its `max_traces`) must not be less, or it refuses the question. */
export const searchDepth = 5000;

/** An answer that is none of Jaeger's; `what` is what is wrong with it. */
export function nonsense(name: string, what: string, cause?: unknown): NoAnswer {
  return new NoAnswer('backend-nonsense', `${name}: ${what}`, {
    hint: 'check the URL: it must be that of Jaeger’s query service (port 16686 unless set otherwise)',
    cause,
  });
}

/** Reads one part of an answer; what is not what OTLP or Jaeger says becomes a NoAnswer. */
export function reading<T>(name: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw nonsense(name, `${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
