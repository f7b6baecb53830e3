import { durationOf, isObject, keyPattern, literal, type OptionReader } from '../options.ts';
import { builtinMetrics } from './builtin.ts';
import type { MetricDeclaration, MetricType, Tags } from './samples.ts';
import type { Sink } from './sinks.ts';

/** One threshold of a metric: https://grafana.com/docs/k6/latest/using-k6/thresholds/ */
export interface ThresholdOption {
  /** As it was written. */
  readonly source: string;
  readonly abortOnFail: boolean;
  /** It ends the test only when the test is older than this. */
  readonly delayAbortEvalMs: number | undefined;
  /** `avg`, `p(95)`, … */
  readonly method: string;
  readonly operator: string;
  readonly value: number;
}

/** In the order in which k6 looks for them. */
const operators = ['<=', '<', '>=', '>', '===', '==', '!='];

const methods: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
};

/** The thresholds by metric; notes in the reader what k6 could not evaluate. `declared` are the metrics that the script makes. */
export function readThresholds(
  reader: OptionReader,
  declared: readonly MetricDeclaration[],
): Readonly<Record<string, readonly ThresholdOption[]>> {
  const written = reader.object('thresholds') ?? {};
  const metrics = new Map([...builtinMetrics, ...declared].map((metric) => [metric.name, metric]));
  const read = Object.entries(written).map(([name, list]): readonly [string, readonly ThresholdOption[]] => {
    const metric = metricOf(reader, name, metrics);
    const items: readonly unknown[] = Array.isArray(list) ? list : [undefined];
    return [name, items.flatMap((item) => readThreshold(reader, { name, item, metric }))];
  });
  return Object.fromEntries(read);
}

interface Written {
  readonly name: string;
  readonly item: unknown;
  readonly metric: MetricDeclaration | undefined;
}

function readThreshold(reader: OptionReader, { name, item, metric }: Written): ThresholdOption[] {
  const options = isObject(item) ? item : { threshold: item };
  const source = options['threshold'];
  if (typeof source !== 'string') {
    note(
      reader,
      name,
      `the threshold of \`${name}\` is ${JSON.stringify(item)}`,
      "write a list of texts, `['p(95)<500']`",
    );
    return [];
  }
  const parsed = parseThreshold(source);
  if (!parsed) {
    note(
      reader,
      source,
      `\`${source}\` is no threshold`,
      'write an aggregation, an operator and a number, `p(95)<500`',
    );
    return [];
  }
  const named = parsed.method.startsWith('p(') ? 'p(N)' : parsed.method;
  if (metric && !methods[metric.type].includes(named)) {
    const hint = `a ${metric.type} has ${methods[metric.type].map((method) => `\`${method}\``).join(', ')}`;
    note(reader, source, `the threshold \`${source}\` does not fit \`${name}\``, hint);
    return [];
  }
  const delay = options['delayAbortEval'] ?? undefined;
  const delayAbortEvalMs = durationOf(delay);
  if (delay !== undefined && delayAbortEvalMs === undefined) {
    reader.wrong('delayAbortEval', delay, 'write a duration like `10s`');
  }
  const abortOnFail = options['abortOnFail'] ?? false;
  if (typeof abortOnFail !== 'boolean') reader.wrong('abortOnFail', abortOnFail, 'write `true` or `false`');
  return [{ source, abortOnFail: abortOnFail === true, delayAbortEvalMs, ...parsed }];
}

/** The parts of a threshold's expression; undefined where it is none. */
export function parseThreshold(source: string): Pick<ThresholdOption, 'method' | 'operator' | 'value'> | undefined {
  for (const operator of operators) {
    const at = source.indexOf(operator);
    if (at < 0 || at + operator.length === source.length) continue;
    const method = source.slice(0, at).trim();
    const right = source.slice(at + operator.length).trim();
    return isMethod(method) && isNumber(right) ? { method, operator, value: Number(right) } : undefined;
  }
  return undefined;
}

function isMethod(text: string): boolean {
  if (['value', 'count', 'rate', 'avg', 'min', 'med', 'max'].includes(text)) return true;
  const percentile = /^p\((.*)\)$/.exec(text)?.[1];
  return percentile !== undefined && isNumber(percentile) && Number(percentile) >= 0 && Number(percentile) <= 100;
}

const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** The metric that `name{tag:value}` is about; notes where there is none. */
function metricOf(
  reader: OptionReader,
  name: string,
  metrics: ReadonlyMap<string, MetricDeclaration>,
): MetricDeclaration | undefined {
  const { metric, tags } = parseMetricName(name);
  if (metric === undefined || (tags && Object.values(tags).includes(''))) {
    note(reader, name, `\`${name}\` is no name of a metric`, 'write `metric` or `metric{tag:value}`');
    return undefined;
  }
  const found = metrics.get(metric);
  if (!found)
    note(
      reader,
      name,
      `there is no metric \`${metric}\``,
      'name one of k6, or one that the script makes while it is loaded',
    );
  return found;
}

/** `metric` undefined where the braces do not match; `tags` undefined where there are none. */
export function parseMetricName(name: string): {
  readonly metric: string | undefined;
  readonly tags: Tags | undefined;
} {
  const [, metric, list] = /^([^{}]*)(?:\{(.*)\})?$/s.exec(name) ?? [];
  if (list === undefined) return { metric, tags: undefined };
  const pairs = list.split(',').map((pair): readonly [string, string] => {
    const [key = '', ...value] = pair.split(':');
    return [bare(key), bare(value.join(':'))];
  });
  return { metric, tags: Object.fromEntries(pairs) };
}

const bare = (text: string): string => text.trim().replaceAll(/^["']+|["']+$/g, '');

/** `text` is what the script has at the place: a metric's name or a threshold. */
function note(reader: OptionReader, text: string, message: string, hint: string): void {
  const written = new RegExp(`(['"\`])${literal(text)}\\1`);
  reader.problems.push({
    message: `options: ${message}`,
    patterns: [written, keyPattern(text), keyPattern('thresholds')],
    hint,
  });
}

/** Whether a threshold holds; one whose value is not there yet does. */
export function holds({ method, operator, value }: ThresholdOption, sink: Sink, durationMs: number): boolean {
  const found = sink.read(method, durationMs);
  if (found === undefined) return true;
  switch (operator) {
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '!=':
      return found !== value;
    default:
      return found === value;
  }
}
