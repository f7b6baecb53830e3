import { messageOf } from '../../errors.ts';
import type { LogEntry, PointRecord, Records, Source, SpanRecord } from '../records.ts';
import { SpanRows } from '../span-rows.ts';
import { readTraces } from './direct/traces.ts';
import { logOf } from './logs.ts';
import { pointOf, pointsOf } from './metrics.ts';
import { decodeProtobuf, type RequestType } from './proto.ts';
import { exceptionsOf, spanOf } from './spans.ts';
import { type Fields, fieldsOf, listOf, MalformedError, sourceOf } from './values.ts';

export type Encoding = 'json' | 'protobuf';
export type Signal = 'traces' | 'logs' | 'metrics';

/** What a request held: the records to keep, how many were refused, and why the first of them was. */
export interface Decoded {
  readonly records: Records;
  readonly rejected: number;
  readonly reason: string;
}

/** The request as a whole cannot be read; nothing of it is kept. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

const requestTypes: Readonly<Record<Signal, RequestType>> = {
  traces: 'TracesRequest',
  logs: 'LogsRequest',
  metrics: 'MetricsRequest',
};

/** Reads an OTLP request; a malformed record is counted and left out, an unreadable request throws UndecodableError. */
export function decode(signal: Signal, encoding: Encoding, body: Buffer): Decoded {
  const direct = signal === 'traces' && encoding === 'protobuf' ? readTraces(body) : undefined;
  return direct
    ? { records: { ...noRecords(), ...direct }, rejected: 0, reason: '' }
    : decodeAny(signal, encoding, body);
}

/** As `decode`, of whatever form the request is. */
export function decodeAny(signal: Signal, encoding: Encoding, body: Buffer): Decoded {
  try {
    const request =
      encoding === 'json' ? (JSON.parse(body.toString('utf8')) as unknown) : decodeProtobuf(requestTypes[signal], body);
    if (request === null) throw new MalformedError('the request is not an object');
    return readers[signal](fieldsOf(request, 'the request'));
  } catch (error) {
    throw new UndecodableError(`not an OTLP ${signal} request in ${encoding}: ${messageOf(error)}`, { cause: error });
  }
}

const readers: Readonly<Record<Signal, (request: Fields) => Decoded>> = {
  traces(request) {
    const sieve = new Sieve();
    const spans: SpanRecord[] = [];
    for (const { source, scope } of scopesOf(request, 'resourceSpans', 'scopeSpans')) {
      for (const span of listOf(scope['spans'], 'spans')) sieve.keep(spans, () => spanOf(span, source));
    }
    return sieve.result({ spans: SpanRows.of(spans), exceptions: spans.flatMap(exceptionsOf) });
  },
  logs(request) {
    const sieve = new Sieve();
    const logs: LogEntry[] = [];
    for (const { source, scope } of scopesOf(request, 'resourceLogs', 'scopeLogs')) {
      for (const log of listOf(scope['logRecords'], 'logRecords')) sieve.keep(logs, () => logOf(log, source));
    }
    return sieve.result({ logs });
  },
  metrics(request) {
    const sieve = new Sieve();
    const points: PointRecord[] = [];
    for (const { source, scope } of scopesOf(request, 'resourceMetrics', 'scopeMetrics')) {
      for (const entry of listOf(scope['metrics'], 'metrics')) {
        const unread: { readonly metric: Fields; readonly point: unknown }[] = [];
        sieve.keepAll(unread, () => {
          const metric = fieldsOf(entry, 'metric');
          return pointsOf(metric).map((point) => ({ metric, point }));
        });
        for (const { metric, point } of unread) sieve.keep(points, () => pointOf(point, metric, source));
      }
    }
    return sieve.result({ points });
  },
};

/** Every scope of a request with the source it came from; trouble this far up makes the request undecodable. */
function* scopesOf(request: Fields, resources: string, scopes: string): Generator<{ source: Source; scope: Fields }> {
  for (const entry of listOf(request[resources], resources)) {
    const group = fieldsOf(entry, `an entry of ${resources}`);
    const source = sourceOf(group['resource']);
    for (const scope of listOf(group[scopes], scopes))
      yield { source, scope: fieldsOf(scope, `an entry of ${scopes}`) };
  }
}

/** Lets well-formed records pass and counts the others. */
class Sieve {
  #rejected = 0;
  #reason = '';

  keep<T>(kept: T[], read: () => T | undefined): void {
    this.keepAll(kept, () => {
      const record = read();
      return record === undefined ? [] : [record];
    });
  }

  keepAll<T>(kept: T[], read: () => readonly T[]): void {
    try {
      for (const record of read()) kept.push(record);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#rejected += 1;
      this.#reason ||= error.message;
    }
  }

  result(kept: Partial<Records>): Decoded {
    return { records: { ...noRecords(), ...kept }, rejected: this.#rejected, reason: this.#reason };
  }
}

const noSpans = new SpanRows();

function noRecords(): Records {
  return { spans: noSpans, exceptions: [], logs: [], points: [] };
}
