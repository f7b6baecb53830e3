// Module `k6/metrics`: https://grafana.com/docs/k6/latest/javascript-api/k6-metrics/
import { asText } from './as-text.ts';
import type { MetricDeclaration, MetricType, ValueKind } from '../metrics/samples.ts';
import { callHost, current, declareMetric, emit, refuse } from './bridge.ts';
import { GoError } from './go-error.ts';
import { tagsWith, testOptions } from './tag-values.ts';

interface Metric {
  readonly name: string;
  /** True where the value was taken. Numbers, booleans, and what JavaScript makes a number of. */
  add(value?: unknown, tags?: unknown): boolean;
}

/** As in k6: works with and without `new`, and makes a plain object that is no instance of it. */
type MetricMaker = { new (name?: unknown, isTime?: unknown): Metric; (name?: unknown, isTime?: unknown): Metric };

function makerOf(type: MetricType): MetricMaker {
  return function make(name?: unknown, isTime?: unknown): Metric {
    return metricOf(type, asText(name), isTime ? 'time' : 'default');
  } as unknown as MetricMaker;
}

/** Sums up. */
export const Counter = makerOf('counter');
/** Keeps the last value, the smallest and the largest. */
export const Gauge = makerOf('gauge');
/** How often the value was not 0. */
export const Rate = makerOf('rate');
/** Average, percentiles and the like; of milliseconds where `isTime`. */
export const Trend = makerOf('trend');

/** Throws outside of the init context, for a name that k6 does not take, and for one that is taken by another kind of metric. */
function metricOf(type: MetricType, name: string, contains: ValueKind): Metric {
  if (current.exec !== '') throw new GoError('metrics must be declared in the init context');
  if (!/^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/.test(name)) throw new GoError(`'${name}' is no name of a metric: ${nameRule}`);
  const other = builtIn.get(name) ?? declareMetric({ name, type, contains });
  if (other) refuseOther({ name, type, contains }, other);
  const metric = Object.defineProperty({}, 'name', { value: name, enumerable: true });
  return Object.assign(metric, { add: (...given: unknown[]) => add(name, given) }) as Metric;
}

const nameRule = 'write 2 to 129 letters (a to z), digits and underscores, and no digit first';

function refuseOther({ name, type, contains }: MetricDeclaration, other: Pick<MetricDeclaration, 'type' | 'contains'>) {
  if (other.type !== type)
    throw new GoError(`metric '${name}' already exists but with type ${other.type}, instead of ${type}`);
  if (other.contains !== contains)
    throw new GoError(
      `metric '${name}' already exists but with a value type ${other.contains}, instead of ${contains}`,
    );
}

function add(name: string, given: readonly unknown[]): boolean {
  if (current.exec === '') throw new GoError('Adding to metrics in the init context is not supported');
  if (given.length === 0)
    return decline(`no value was provided for metric '${name}', a number or a boolean value is expected`);
  const [value, tags] = given;
  const number = numberOf(value);
  if (Number.isNaN(number))
    return decline(
      `'${shortened(value === undefined ? 'undefined' : asText(value))}' is an invalid value for metric '${name}', a number or a boolean value is expected`,
    );
  const sample = { metric: name, value: number, tags: tagsOf(name, tags) };
  if (!Number.isFinite(number)) refuse(`an infinite value of the metric ${name}`);
  emit(sample);
  return true;
}

/** As `+value`, but 1 where that is 0 and the value is true as a condition, like `'0'` and `[]`; NaN for null. */
function numberOf(value: unknown): number {
  if (value === null) return NaN;
  if (typeof value === 'bigint') throw new TypeError('Cannot convert a BigInt value to a number');
  const number = Number(value);
  return number === 0 && value ? 1 : number;
}

/** An error where the option `throw` is on, otherwise a warning. */
function decline(message: string): false {
  if (testOptions().throw) throw new GoError(message);
  callHost('log', { level: 'warn', message });
  return false;
}

function tagsOf(name: string, tags: unknown): ReturnType<typeof tagsWith> {
  try {
    return tagsWith(tags);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`cannot add tags for the '${name}' custom metric: ${error.message}`);
  }
}

const longest = 100;

function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length < longest) return text;
  const [head, tail] = [characters.slice(0, longest / 2), characters.slice(-longest / 2)];
  return `${head.join('')}... omitting ${characters.length - longest} characters ...${tail.join('')}`;
}

const counter = { type: 'counter', contains: 'default' } as const;
const gauge = { type: 'gauge', contains: 'default' } as const;
const rate = { type: 'rate', contains: 'default' } as const;
const time = { type: 'trend', contains: 'time' } as const;
const data = { type: 'counter', contains: 'data' } as const;

/** https://grafana.com/docs/k6/latest/using-k6/metrics/reference/ */
const builtIn = new Map<string, Pick<MetricDeclaration, 'type' | 'contains'>>([
  ['vus', gauge],
  ['vus_max', gauge],
  ['iterations', counter],
  ['iteration_duration', time],
  ['dropped_iterations', counter],
  ['checks', rate],
  ['group_duration', time],
  ['http_reqs', counter],
  ['http_req_failed', rate],
  ['http_req_duration', time],
  ['http_req_blocked', time],
  ['http_req_connecting', time],
  ['http_req_tls_handshaking', time],
  ['http_req_sending', time],
  ['http_req_waiting', time],
  ['http_req_receiving', time],
  ['ws_sessions', counter],
  ['ws_msgs_sent', counter],
  ['ws_msgs_received', counter],
  ['ws_ping', time],
  ['ws_session_duration', time],
  ['ws_connecting', time],
  ['grpc_req_duration', time],
  ['data_sent', data],
  ['data_received', data],
]);
