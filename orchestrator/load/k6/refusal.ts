import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Position, Problem } from '../../errors.ts';
import { k6ExitCodes, ScriptRefused } from '../engine.ts';

const refusals: readonly number[] = [
  k6ExitCodes.setupTimeout,
  k6ExitCodes.invalidConfig,
  k6ExitCodes.scriptException,
  k6ExitCodes.unknownError,
];
const logReadBytes = 256 * 1024;
const longestMessage = 300;

/** What k6 said when it refused a script, as an error that names the place in it; undefined where it is not the script that is at fault. */
export function refusalIn(said: readonly string[], code: number, script: string): ScriptRefused | undefined {
  if (!refusals.includes(code)) return undefined;
  const message = said.at(-1);
  const isOfScript = code !== k6ExitCodes.unknownError || message?.includes('could not load JS test');
  return message !== undefined && isOfScript ? new ScriptRefused([problemOf(message, script)], code) : undefined;
}

/** The errors in k6's log (JSON) from an offset on, oldest first. */
export function errorsIn(logFile: string, from: number): readonly string[] {
  return linesFrom(logFile, from).flatMap((line) => {
    const { level, msg } = entryOf(line);
    return level === 'error' && msg !== undefined ? [msg] : [];
  });
}

function linesFrom(file: string, from: number): readonly string[] {
  const log = openSync(file, 'r');
  try {
    const { size } = fstatSync(log);
    const start = Math.max(from, size - logReadBytes);
    const text = Buffer.alloc(Math.max(0, size - start));
    readSync(log, text, 0, text.length, start);
    return text.toString().split('\n').filter(Boolean);
  } finally {
    closeSync(log);
  }
}

function entryOf(line: string): { readonly level?: string; readonly msg?: string } {
  try {
    return JSON.parse(line) as { level?: string; msg?: string };
  } catch {
    // The end-of-test summary is in the log too.
    return {};
  }
}

function problemOf(message: string, script: string): Problem {
  const words = message.replace(/^(could not \w+ (JS test )?'[^']*': )+/, '').trim();
  const syntax = /^(file:\/\/.+?): Line (\d+):(\d+) (.*)/s.exec(words);
  if (syntax) {
    const [, url = '', line = '', col = '', what = ''] = syntax;
    return problemAt(what, { file: pathOf(url), line: Number(line), col: Number(col) });
  }
  const [what = words] = words.split('\n\tat ');
  const frame = /(file:\/\/.+?):(\d+):(\d+)/.exec(words.slice(what.length));
  if (frame) {
    const [, url = '', line = '', col = ''] = frame;
    return problemAt(`the script failed before its first iteration: ${what}`, {
      file: pathOf(url),
      line: Number(line),
      col: Number(col),
    });
  }
  return problemAt(shortened(what), placeOfQuoted(what, script));
}

function problemAt(message: string, at: Position): Problem {
  const excerpt = existsSync(at.file) ? readFileSync(at.file, 'utf8').split('\n')[at.line - 1] : undefined;
  return { message, at, ...(excerpt !== undefined && { excerpt }) };
}

/** Where the script has what k6 quotes of it, for k6 itself does not say; its beginning where that cannot be told. */
function placeOfQuoted(message: string, script: string): Position {
  const source = readFileSync(script, 'utf8');
  const quoted = [...message.matchAll(/"([^"]+)"|'([^']+)'|metric (\S+);|defined on (\S+);/g)];
  const places = quoted.map((parts) => source.indexOf(parts.slice(1).find((part) => part !== undefined) ?? ''));
  const offset = places.find((place) => place !== -1) ?? 0;
  const before = source.slice(0, offset).split('\n');
  return { file: script, line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
}

/** k6 explains at length how to use its image; the first sentence says what is wrong. */
function shortened(message: string): string {
  return message.length <= longestMessage ? message : `${message.split('. ')[0]}`;
}

function pathOf(url: string): string {
  return fileURLToPath(url);
}
