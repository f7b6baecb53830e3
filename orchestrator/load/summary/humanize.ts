import type { MetricType, ValueKind } from '../embedded/metrics/samples.ts';

/** What `summaryTimeUnit` may be; anything else picks a unit for each value. */
const timeUnits: Readonly<Record<string, { readonly sign: string; readonly perMs: number }>> = {
  s: { sign: 's', perMs: 0.001 },
  ms: { sign: 'ms', perMs: 1 },
  us: { sign: 'µs', perMs: 1000 },
};
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

/** A value as k6 writes it in its summary: `66.66%`, `3.7 kB`, `1m30s`, `10.123457`. */
export function humanize(value: number, kind: ValueKind | 'rate', timeUnit: string): string {
  if (kind === 'rate') return `${truncate(value * 100, 2).toFixed(2)}%`;
  if (kind === 'data') return bytes(value);
  if (kind === 'time') return duration(value, timeUnit);
  return plain(value, 6);
}

/** A rate is a share, whatever it contains. */
export const kindOf = (metric: { readonly type: MetricType; readonly contains: ValueKind }): ValueKind | 'rate' =>
  metric.type === 'rate' ? 'rate' : metric.contains;

function bytes(count: number): string {
  if (!(count >= 10)) return `${count} B`;
  const power = Math.min(Math.floor(Math.log(count) / Math.log(1000)), byteUnits.length - 1);
  const scaled = Math.floor((count / 1000 ** power) * 10 + 0.5) / 10;
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${byteUnits[power]}`;
}

function duration(ms: number, timeUnit: string): string {
  const unit = Object.hasOwn(timeUnits, timeUnit) ? timeUnits[timeUnit] : undefined;
  if (unit) return `${(ms * unit.perMs).toFixed(2)}${unit.sign}`;
  if (ms === 0) return '0s';
  if (ms < 0.001) return `${Math.trunc(ms * 1_000_000)}ns`;
  if (ms < 1) return `${plain(truncate(ms * 1000, 2), 2)}µs`;
  if (ms < 1000) return `${plain(truncate(ms, 2), 2)}ms`;
  return clock(ms);
}

/** From a second on: `1.5s`, `2m3s`, `1h0m0s`. */
function clock(ms: number): string {
  const decimals = ms > 60_000 ? 0 : 2;
  const seconds = `${plain(truncate((ms % 60_000) / 1000, decimals), decimals)}s`;
  const minutes = Math.trunc(ms / 60_000);
  if (minutes === 0) return seconds;
  const hours = Math.trunc(minutes / 60);
  return `${hours === 0 ? '' : `${hours}h`}${minutes % 60}m${seconds}`;
}

/** k6 cuts off, it does not round: a share of 99.999 % is not 100 %. */
function truncate(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.trunc(factor * value) / factor;
}

/** Without zeros at the end. */
const plain = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));
