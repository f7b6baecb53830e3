import type { SpanKind } from '../../orchestrator/backends/backend.ts';

/** What a test says about a span; everything else is filled in the same way each time. */
export interface SpanInput {
  readonly service: string;
  readonly version?: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: SpanKind;
  /** Epoch milliseconds, whole. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly resource?: Readonly<Record<string, string>>;
  readonly failed?: boolean;
  readonly exception?: { readonly type: string; readonly message: string };
}

const kinds: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Ids that count up, so that two runs build the same bytes. */
export class Ids {
  #last: number;

  constructor(first = 0) {
    this.#last = first;
  }

  trace(): string {
    return this.#next().padStart(32, 'a');
  }

  span(): string {
    return this.#next().padStart(16, 'b');
  }

  #next(): string {
    this.#last += 1;
    return this.#last.toString(16).padStart(8, '0');
  }
}

/** An ExportTraceServiceRequest in OTLP/JSON. */
export function tracesRequest(spans: readonly SpanInput[]): unknown {
  return {
    resourceSpans: spans.map((span) => ({ resource: resourceOf(span), scopeSpans: [{ spans: [otlpSpan(span)] }] })),
  };
}

/** The span alone, to be broken by a test. */
export function otlpSpan(span: SpanInput): Record<string, unknown> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name ?? 'span',
    kind: kinds.indexOf(span.kind ?? 'internal'),
    startTimeUnixNano: nanos(span.startMs),
    endTimeUnixNano: nanos(span.startMs + span.durationMs),
    attributes: keyValues(span.attributes ?? {}),
    status: span.failed ? { code: 2, message: span.exception?.message ?? 'failed' } : {},
    events: span.exception ? [exceptionEvent(span.startMs, span.exception)] : [],
  };
}

function exceptionEvent(atMs: number, { type, message }: { type: string; message: string }): unknown {
  const attributes = {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': `${type}: ${message}\n  at order`,
  };
  return { name: 'exception', timeUnixNano: nanos(atMs), attributes: keyValues(attributes) };
}

export interface LogInput {
  readonly service: string;
  readonly timeMs: number;
  readonly severity: number;
  readonly body: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** An ExportLogsServiceRequest in OTLP/JSON. */
export function logsRequest(logs: readonly LogInput[]): unknown {
  return {
    resourceLogs: logs.map(({ timeMs, severity, body, ...log }) => ({
      resource: resourceOf(log),
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: nanos(timeMs),
              severityNumber: severity,
              body: { stringValue: body },
              traceId: log.traceId ?? '',
              spanId: log.spanId ?? '',
            },
          ],
        },
      ],
    })),
  };
}

export interface MetricInput {
  readonly service: string;
  readonly name: string;
  readonly timeMs: number;
  readonly point: { readonly gauge: number } | { readonly count: number; readonly sum: number };
}

/** An ExportMetricsServiceRequest in OTLP/JSON. */
export function metricsRequest(metrics: readonly MetricInput[]): unknown {
  return {
    resourceMetrics: metrics.map(({ name, timeMs, point, ...metric }) => {
      const common = { timeUnixNano: nanos(timeMs), attributes: keyValues({ pool: 'main' }) };
      const data =
        'gauge' in point
          ? { gauge: { dataPoints: [{ ...common, asDouble: point.gauge }] } }
          : { histogram: { dataPoints: [{ ...common, count: String(point.count), sum: point.sum }] } };
      return { resource: resourceOf(metric), scopeMetrics: [{ metrics: [{ name, unit: 's', ...data }] }] };
    }),
  };
}

/** Posts a request in JSON to a tap and returns the answer. */
export function post(endpoint: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${endpoint}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Posts and throws unless everything was taken. */
export async function deliver(endpoint: string, path: string, body: unknown): Promise<void> {
  const response = await post(endpoint, path, body);
  const answer = await response.text();
  if (response.status !== 200 || answer !== '{}') throw new Error(`${path} answered ${response.status} ${answer}`);
}

function resourceOf(of: Pick<SpanInput, 'service' | 'version' | 'resource'>): unknown {
  const version = of.version === undefined ? {} : { 'service.version': of.version };
  return { attributes: keyValues({ 'service.name': of.service, ...version, ...of.resource }) };
}

function keyValues(attributes: Readonly<Record<string, string | number | boolean>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanos(ms: number): string {
  return String(BigInt(Math.floor(ms)) * 1_000_000n + BigInt(Math.round((ms % 1) * 1e6)));
}
