// Evaluated before the script: what k6 offers without an import.
import type { LogLevel } from '../protocol.ts';
import { log, refuse } from './bridge.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
const writer =
  (level: LogLevel) =>
  (...values: unknown[]): void =>
    log(level, values.map(text).join(' '));

Object.assign(globalThis, {
  console: {
    log: writer('info'),
    info: writer('info'),
    debug: writer('debug'),
    warn: writer('warn'),
    error: writer('error'),
  },
  open: () => refuse('open()'),
  setTimeout: () => refuse('setTimeout()'),
  setInterval: () => refuse('setInterval()'),
  __ITER: 0,
});
