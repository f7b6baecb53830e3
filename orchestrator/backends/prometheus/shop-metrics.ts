import type { MetricPoint, Window } from '../backend.ts';
import { type Labels, type PrometheusApi, quoted, type Series } from './api.ts';

/**
 * What Prometheus’ OTLP receiver appends to a name, and the unit that it stands for.
 * Source: OpenTelemetry’s “Prometheus and OpenMetrics Compatibility”; prometheus/otlptranslator.
 */
const unitOf: Readonly<Record<string, string>> = {
  seconds: 's',
  milliseconds: 'ms',
  microseconds: 'us',
  nanoseconds: 'ns',
  minutes: 'min',
  hours: 'h',
  days: 'd',
  bytes: 'By',
  kibibytes: 'KiBy',
  mebibytes: 'MiBy',
  kilobytes: 'KBy',
  megabytes: 'MBy',
  celsius: 'Cel',
  hertz: 'Hz',
  ratio: '1',
  percent: '%',
};

/** The points of the shop's own metric `name`, in OpenTelemetry's spelling, oldest first; a histogram as its count and sum. */
export async function shopMetrics(
  api: PrometheusApi,
  { from, to }: Window,
  { service, name }: { readonly service?: string; readonly name: string },
): Promise<readonly MetricPoint[]> {
  const lengthMs = Math.ceil(to) - Math.ceil(from);
  if (!(lengthMs > 0)) return [];
  // A range of PromQL has its end and not its start; a window the reverse.
  const range = `[${lengthMs}ms] @ ${(Math.ceil(to) - 1) / 1000}`;
  const find = (end: string): Promise<readonly Series[]> =>
    api.matrix(`{__name__=~${quoted(`${patternOf(name)}${end}`)}}${range}`);
  const [values, counts, sums] = await Promise.all([find('(_total)?'), find('_count'), find('_sum')]);
  const sumOf = new Map(sums.flatMap((series) => [...readings(series, '_sum')]));
  const points = [
    ...values.flatMap((series) =>
      series.samples.map(({ timeMs, value }) => ({ ...pointOf(series.labels, name), timeMs, value })),
    ),
    ...counts.flatMap((series) =>
      [...readings(series, '_count')].flatMap(([key, { timeMs, value: count }]) => {
        const sum = sumOf.get(key)?.value;
        return sum === undefined ? [] : [{ ...pointOf(series.labels, name, '_count'), timeMs, count, sum }];
      }),
    ),
  ];
  return points
    .filter((point) => service === undefined || point.service === service)
    .toSorted((one, other) => one.timeMs - other.timeMs || (one.service < other.service ? -1 : 1));
}

/** Of a name as the receiver writes it, or as it is where it was told to leave it. */
function patternOf(name: string): string {
  const translated = name.replaceAll(/[^a-zA-Z0-9:]+/g, '_').replace(/^(?=\d)/, '_');
  return `(${translated}|${escaped(name)})(_(${Object.keys(unitOf).join('|')}))?`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** By series and time, without the part of a histogram that they are. */
function readings({ labels, samples }: Series, end: string): ReadonlyMap<string, Series['samples'][number]> {
  const whole = { ...labels, __name__: labels['__name__']?.slice(0, -end.length) };
  const identity = Object.entries(whole).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return new Map(samples.map((sample) => [JSON.stringify([identity, sample.timeMs]), sample]));
}

/** The receiver makes `job` of service.namespace/service.name, and `instance` of service.instance.id. */
function pointOf(
  labels: Labels,
  name: string,
  end = '',
): Pick<MetricPoint, 'service' | 'name' | 'unit' | 'attributes'> {
  const { __name__: written = '', job = '', instance: _instance, ...attributes } = labels;
  const withoutEnd = written.slice(0, written.length - end.length).replace(/_total$/, '');
  const unit = unitOf[withoutEnd.slice(withoutEnd.lastIndexOf('_') + 1)] ?? '';
  return { service: job.slice(job.lastIndexOf('/') + 1), name, unit, attributes };
}
