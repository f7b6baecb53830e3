import { refuse } from './bridge.ts';

/** One part of a path. */
export interface Step {
  readonly text: string;
  /** With wildcards. */
  readonly isPattern: boolean;
  /** After a `|`: what was found before as a whole is meant, not each of it. */
  readonly isPiped: boolean;
  readonly query?: Query;
}

/** `#(path operator value)`, and with a `#` behind it all that fit. */
export interface Query {
  readonly path: string;
  readonly operator: string;
  readonly value: string;
  readonly all: boolean;
}

/** The parts between dots and pipes. */
export function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  let isPiped = false;
  for (;;) {
    const { step, end } = path.startsWith('#(', at) ? queryAt(path, at) : nameAt(path, at);
    steps.push({ ...step, isPiped });
    if (end >= path.length) return steps;
    isPiped = path.charAt(end) === '|';
    at = end + 1;
  }
}

interface Read {
  readonly step: Omit<Step, 'isPiped'>;
  /** Where the separator is. */
  readonly end: number;
}

function nameAt(path: string, begin: number): Read {
  if (/^(?:[@!{[~]|\.\.)/.test(path.slice(begin))) refusePath(path);
  let text = '';
  let isPattern = false;
  let at = begin;
  for (; at < path.length && path.charAt(at) !== '.' && path.charAt(at) !== '|'; at += 1) {
    if (path.charAt(at) === '\\') {
      at += 1;
      if (isPattern || /[*?]/.test(path.charAt(at))) refusePath(path);
    } else if (/[*?]/.test(path.charAt(at))) isPattern = true;
    text += path.charAt(at);
  }
  return { step: { text, isPattern }, end: at };
}

/** Queries may hold queries, and texts with parentheses in them. */
function queryAt(path: string, begin: number): Read {
  let depth = 0;
  let inText = false;
  for (let at = begin + 1; at < path.length; at += 1) {
    const character = path.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') inText = !inText;
    else if (character === '(' && !inText) depth += 1;
    else if (character === ')' && !inText) depth -= 1;
    if (depth > 0) continue;
    const all = path.charAt(at + 1) === '#';
    return {
      step: { text: '', isPattern: false, query: queryOf(path, path.slice(begin + 2, at), all) },
      end: at + (all ? 2 : 1),
    };
  }
  return refusePath(path);
}

function queryOf(path: string, text: string, all: boolean): Query {
  const inner = /^(.*#\(.*\)#?[^=!<>%]*?|[^=!<>%]*?)\s*(?:(==|=|!=|<=|<|>=|>|!%|%)\s*(.*))?$/s.exec(text);
  if (!inner) return refusePath(path);
  const [, name = '', operator = '', raw = ''] = inner;
  if (raw.startsWith('~')) refusePath(path);
  return { path: name.trim(), operator, value: unquoted(raw.trim()), all };
}

function unquoted(raw: string): string {
  return raw.startsWith('"') ? (JSON.parse(raw) as string) : raw;
}

function refusePath(path: string): never {
  return refuse(`the JSON selector \`${path}\``);
}
