import type { PointRecord, Source } from '../records.ts';
import {
  attributesOf,
  doubleOf,
  type Fields,
  fieldsOf,
  integerOf,
  listOf,
  MalformedError,
  nanosOf,
  textOf,
} from './values.ts';

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

/** Bit of a data point that stands for "there is no value now". */
const noRecordedValue = 1;

/** The data points of a metric, not yet read, so that one malformed point does not take its neighbours along. */
export function pointsOf(metric: Fields): readonly unknown[] {
  const kind = kinds.find((name) => metric[name] !== undefined && metric[name] !== null);
  if (kind === undefined) throw new MalformedError('the metric has no data');
  return listOf(fieldsOf(metric[kind], kind)['dataPoints'], 'dataPoints');
}

/** A data point; undefined where it says that it has no value; throws MalformedError. */
export function pointOf(value: unknown, metric: Fields, source: Source): PointRecord | undefined {
  const point = fieldsOf(value, 'data point');
  if (Number(point['flags'] ?? 0) & noRecordedValue) return undefined;
  const name = textOf(metric['name'], 'metric name');
  if (name === '') throw new MalformedError('metric name is missing');
  const timeNs = nanosOf(point['timeUnixNano'], 'timeUnixNano');
  if (timeNs === 0n) throw new MalformedError('timeUnixNano is missing');
  return {
    timeNs,
    source,
    name,
    unit: textOf(metric['unit'], 'unit'),
    ...(metric['gauge'] || metric['sum'] ? numberOf(point) : countOf(point)),
    attributes: attributesOf(point['attributes'], 'attributes'),
  };
}

type Numbers = Pick<PointRecord, 'value' | 'count' | 'sum'>;

function numberOf(point: Fields): Numbers {
  const int = point['asInt'];
  const value = int === undefined ? doubleOf(point['asDouble'] ?? 0, 'asDouble') : Number(integerOf(int, 'asInt'));
  return { value, count: null, sum: null };
}

function countOf(point: Fields): Numbers {
  const sum = point['sum'];
  return {
    value: null,
    count: Number(integerOf(point['count'] ?? 0, 'count')),
    sum: sum === undefined || sum === null ? null : doubleOf(sum, 'sum'),
  };
}
