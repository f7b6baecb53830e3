/** Requests are in a window by the start of their span. Epoch milliseconds, `from` inclusive, `to` exclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** `native`: the backend computes it; `computed`: we compute it from the backend's traces; `unsupported`: it cannot be asked. */
export type How = 'native' | 'computed' | 'unsupported';

export const questions = [
  'endpoints',
  'queries',
  'traces',
  'errors',
  'dependencies',
  'tendency',
  'logs',
  'metrics',
] as const;
export type Question = (typeof questions)[number];

/** How a backend answers each question. */
export type Capabilities = Readonly<Record<Question, How>>;

/** How a backend is waited for. Milliseconds. */
interface Pace {
  /** From the end of a span to the answers that have it, as a rule: windows end so long ago, and verdicts come so much later. */
  readonly delayMs: number;
  /** The longest that one answer is waited for. */
  readonly answerMs: number;
  /** Between two looks. */
  readonly everyMs: number;
}

/**
 * An APM system that can be asked. An answer is an array, possibly empty; a backend that cannot answer throws,
 * and the verdict becomes `unverified`.
 */
export interface Backend {
  /** As shows and verdicts call it. */
  readonly name: string;
  readonly how: Capabilities;
  /** Whose answers these are, where the backend itself cannot be asked. */
  readonly judgedBy?: 'embedded';
  /** Why something is `unsupported`, or what is not exact about an answer. */
  readonly remarks: Readonly<Partial<Record<Question, string>>>;
  readonly pace: Pace;
  version(): Promise<string>;
  /** How far its clock is ahead of ours, as far as its last answer told. Milliseconds. */
  skewMs?(): number | undefined;
  /** Statistics of SERVER spans by service, method and route (and version, if asked). */
  endpoints(window: Window, filter: EndpointFilter): Promise<readonly EndpointStats[]>;
  /** Statistics of database CLIENT spans by service and query text. */
  queries(window: Window, filter: QueryFilter): Promise<readonly QueryStats[]>;
  /** Whole traces that have at least one span matching the filter, newest first. */
  traces(window: Window, filter: TraceFilter): Promise<readonly Trace[]>;
  trace(traceId: string): Promise<Trace | undefined>;
  /** Exceptions recorded on spans, grouped by service, type and message. */
  errors(window: Window, filter: { service?: string }): Promise<readonly ErrorGroup[]>;
  /** Calls between services, to databases, and to peers that send no telemetry. */
  dependencies(window: Window): Promise<readonly Dependency[]>;
  /** Which attribute values the bad requests of an endpoint share, highest lift first. */
  tendency(window: Window, filter: TendencyFilter): Promise<readonly Tendency[]>;
  logs(window: Window, filter: LogFilter): Promise<readonly LogRecord[]>;
  metrics(window: Window, filter: { service?: string; name: string }): Promise<readonly MetricPoint[]>;
  /** A page a person can open, if the backend has one for it. */
  link(page: Page, window: Window): string | undefined;
  close(): Promise<void>;
}

/** What a page of a backend is about. `route` is `METHOD /route`. */
export type Page =
  | { readonly of: 'trace'; readonly traceId: string }
  | { readonly of: 'service'; readonly service: string }
  | { readonly of: 'endpoint'; readonly service: string; readonly route: string }
  | { readonly of: 'query'; readonly service: string; readonly query: string }
  | { readonly of: 'error'; readonly service: string; readonly type: string };

export interface EndpointFilter {
  readonly service?: string;
  /** `METHOD /route`. */
  readonly route?: string;
  readonly byVersion?: boolean;
}

export interface EndpointStats {
  readonly service: string;
  readonly version?: string;
  readonly method: string;
  readonly route: string;
  readonly count: number;
  /** Spans with a status code >= 500 (what APM products count as errors of an endpoint). */
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

export interface QueryFilter {
  readonly service?: string;
  /** Part of the query text, case-insensitive. */
  readonly contains?: string;
}

export interface QueryStats {
  readonly service: string;
  readonly query: string;
  readonly count: number;
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

export interface TraceFilter {
  readonly service?: string;
  /** `METHOD /route` of a SERVER span. */
  readonly route?: string;
  /** True: a matching span has status error or a status code >= 500. */
  readonly error?: boolean;
  readonly minDurationMs?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly limit: number;
}

export interface Trace {
  readonly traceId: string;
  /** By start time. */
  readonly spans: readonly Span[];
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span as every backend's answer is normalised to. Ids are lower-case hex. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly version?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Epoch milliseconds with a fraction. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage?: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly { readonly name: string; readonly timeMs: number; readonly attributes: Attributes }[];
}

export interface ErrorGroup {
  readonly service: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  /** Newest first, at most 5. */
  readonly traceIds: readonly string[];
}

export interface Dependency {
  readonly from: string;
  /** A service, a database's name, or `peer.service`/`server.address` of a peer without telemetry. */
  readonly to: string;
  readonly kind: 'service' | 'database' | 'external';
  readonly count: number;
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

export interface TendencyFilter {
  readonly service: string;
  readonly route?: string;
  /** What makes a request bad: its error, or being slower than this. */
  readonly bad: { readonly error: true } | { readonly slowerThanMs: number };
}

/** One attribute value: how often the bad and the good requests have it. `lift` = share among bad / share among all. */
export interface Tendency {
  readonly attribute: string;
  readonly value: string;
  readonly badCount: number;
  readonly badShare: number;
  readonly goodCount: number;
  readonly goodShare: number;
  readonly lift: number;
  /** Bad ones, newest first, at most 5. */
  readonly traceIds: readonly string[];
}

export interface LogFilter {
  readonly service?: string;
  readonly traceId?: string;
  /** OpenTelemetry severity number at least: 9 info, 13 warn, 17 error. */
  readonly minSeverity?: number;
  readonly limit: number;
}

export interface LogRecord {
  readonly timeMs: number;
  readonly service: string;
  readonly severity: number;
  readonly body: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: Attributes;
}

/** A number, or of a histogram its count and sum. */
export interface MetricPoint {
  readonly timeMs: number;
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly value?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly attributes: Attributes;
}
