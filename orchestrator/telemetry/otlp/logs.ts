import type { LogEntry, Source } from '../records.ts';
import { attributesOf, bodyOf, fieldsOf, idOf, integerOf, MalformedError, nanosOf } from './values.ts';

/** An OTLP log record; throws MalformedError. Its time is when it was observed, if it does not say when it happened. */
export function logOf(value: unknown, source: Source): LogEntry {
  const log = fieldsOf(value, 'log record');
  const time = nanosOf(log['timeUnixNano'], 'timeUnixNano');
  const timeNs = time === 0n ? nanosOf(log['observedTimeUnixNano'], 'observedTimeUnixNano') : time;
  if (timeNs === 0n) throw new MalformedError('timeUnixNano is missing');
  return {
    timeNs,
    source,
    severity: severityOf(log['severityNumber']),
    body: bodyOf(log['body']),
    traceId: idOf(log['traceId'], 16, 'traceId') ?? null,
    spanId: idOf(log['spanId'], 8, 'spanId') ?? null,
    attributes: attributesOf(log['attributes'], 'attributes'),
  };
}

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** 1 to 24, 0 for unspecified; also by name, `SEVERITY_NUMBER_ERROR2`. */
function severityOf(value: unknown): number {
  if (value === undefined || value === null || value === 'SEVERITY_NUMBER_UNSPECIFIED') return 0;
  const name = typeof value === 'string' ? /^SEVERITY_NUMBER_([A-Z]+)([2-4]?)$/.exec(value) : null;
  const level = name ? levels.indexOf(name[1] ?? '') : -1;
  const number = level >= 0 ? level * 4 + Number(name?.[2] || 1) : Number(integerOf(value, 'severityNumber'));
  if (number < 0 || number > 24) throw new MalformedError('severityNumber is out of range');
  return number;
}
