import type { LogLevel } from './protocol.ts';

type Fields = Readonly<Record<string, string>>;
export type Log = (level: LogLevel, message: string, fields?: Fields) => void;

/** Different warnings and errors of one origin that are written; a load of days may have any number. */
const loggedLines = 100;

/**
 * One JSON object a line, for the file of a show's load. Errors and warnings that come again are left out, and of more than 100 different ones
 * the rest, which is said: of the script's console, of its exceptions, and of each message of the engine's own.
 */
export function jsonLog(write: (line: string) => void): Log {
  const byOrigin = new Map<string, Set<string>>();
  const told = (level: LogLevel, message: string, fields: Fields): void =>
    write(`${JSON.stringify({ time: Date.now(), level, msg: message, ...fields })}\n`);
  return (level, message, fields = {}) => {
    if (level !== 'warn' && level !== 'error') return told(level, message, fields);
    const origin = fields['source'] ?? message;
    const seen = byOrigin.get(origin) ?? new Set();
    byOrigin.set(origin, seen);
    const line = `${message} ${JSON.stringify(fields)}`;
    if (seen.has(line) || seen.size > loggedLines) return;
    seen.add(line);
    if (seen.size <= loggedLines) told(level, message, fields);
    else told('warn', `more than ${loggedLines} different lines of ${origin}: further ones are not logged`, {});
  };
}

const names: Readonly<Record<LogLevel, string>> = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' };
const colors: Readonly<Record<LogLevel, number>> = { debug: 37, info: 36, warn: 33, error: 31 };

/** As k6 writes to a terminal, or to a pipe in its place; what is of level `debug` is not shown. */
export function k6Log(write: (line: string) => void, isTTY: boolean): Log {
  const startedAt = performance.now();
  return (level, message, fields = {}) => {
    if (level === 'debug') return;
    const seconds = String(Math.floor((performance.now() - startedAt) / 1000)).padStart(4, '0');
    write(isTTY ? coloured(level, message, { seconds, fields }) : plain(level, message, fields));
  };
}

function plain(level: LogLevel, message: string, fields: Fields): string {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const all = { time, level: names[level], msg: message, ...sorted(fields) };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${name === 'time' ? JSON.stringify(value) : quoted(value)}`)
    .join(' ')}\n`;
}

function coloured(
  level: LogLevel,
  message: string,
  { seconds, fields }: { readonly seconds: string; readonly fields: Fields },
): string {
  const color = (text: string): string => `\u001b[${colors[level]}m${text}\u001b[0m`;
  const shown = Object.entries(sorted(fields)).map(([name, value]) => ` ${color(name)}=${quoted(value)}`);
  return `${color(names[level].slice(0, 4).toUpperCase())}[${seconds}] ${message.padEnd(44)}${shown.join('')}\n`;
}

const sorted = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Only what has other characters is quoted. */
const quoted = (text: string): string => (/^[\w\-./@^+]+$/.test(text) ? text : JSON.stringify(text));
