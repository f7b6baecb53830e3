// The global `console`: https://grafana.com/docs/k6/latest/javascript-api/console/
import type { LogLevel } from '../protocol.ts';
import { callHost } from './bridge.ts';

const writer =
  (level: LogLevel) =>
  (...values: readonly unknown[]): void => {
    callHost('log', { level, message: values.map(shown).join(' '), source: 'console' });
  };

/** No more than k6 has; `debug` shows in a verbose run only. */
export const console = {
  debug: writer('debug'),
  error: writer('error'),
  info: writer('info'),
  log: writer('info'),
  warn: writer('warn'),
};

/** A value as k6 shows it: texts as they are, errors by their message, objects in a notation of their own that is no JSON. */
export function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? structure(value, new Set()) : primitive(value);
}

function primitive(value: unknown): string {
  if (typeof value === 'function') return '[object Function]';
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}

function structure(value: object, outer: Set<object>): string {
  if (outer.has(value)) return '[Circular]';
  if (value instanceof Error) return String(value);
  outer.add(value);
  const text = binary(value) ?? (Array.isArray(value) ? list(value, outer) : members(value, outer));
  outer.delete(value);
  return text;
}

function nested(value: unknown, outer: Set<object>): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return structure(value, outer);
  return typeof value === 'string' || typeof value === 'symbol' ? `"${primitive(value)}"` : primitive(value);
}

function list(values: readonly unknown[], outer: Set<object>): string {
  if (values.length === 0) return '[]';
  return `[ ${Array.from(values, (value) => nested(value, outer)).join(', ')} ]`;
}

function members(object: object, outer: Set<object>): string {
  const names = Object.keys(object);
  if (names.length === 0) return object instanceof Date ? date(object) : '{}';
  const values = object as Readonly<Record<string, unknown>>;
  return `{ ${names.map((name) => `${name}: ${nested(values[name], outer)}`).join(', ')} }`;
}

const date = (value: Date): string => (Number.isNaN(value.getTime()) ? '{}' : `"${value.toISOString()}"`);

function binary(value: object): string | undefined {
  if (value instanceof ArrayBuffer) {
    const bytes = Array.from(new Uint8Array(value), (byte) => byte.toString(16).padStart(2, '0'));
    return `ArrayBuffer { [Uint8Contents]: <${bytes.join(' ')}>, byteLength: ${value.byteLength} }`;
  }
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined;
  const elements = Array.from(value as unknown as ArrayLike<unknown>, String);
  const kind = Object.prototype.toString.call(value).slice(8, -1).replace('Clamped', '');
  return `${kind}(${elements.length}) ${elements.length === 0 ? '[]' : `[ ${elements.join(', ')} ]`}`;
}
