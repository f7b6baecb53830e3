import { Rules } from '@cto.af/linebreak';
import stringWidth from 'string-width';

const breaker = new Rules({ string: true });

/**
 * Wraps a paragraph into lines of at most `width` columns, East Asian characters counting two. Lines break where Unicode allows it
 * (UAX 14): between words, and in Japanese between characters but not before a full stop.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const { string: piece = '', required } of breaker.breaks(text)) {
    if (line !== '' && stringWidth(`${line}${piece.trimEnd()}`) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    if (required && piece.endsWith('\n')) {
      lines.push(line.trimEnd());
      line = '';
    }
  }
  if (line !== '') lines.push(line.trimEnd());
  return lines;
}

/** Exactly `width` columns: padded, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  const missing = width - stringWidth(text);
  if (missing >= 0) return text + ' '.repeat(missing);
  let cut = '';
  for (const character of text) {
    if (stringWidth(`${cut}${character}`) > width - 1) break;
    cut += character;
  }
  return `${cut}…${' '.repeat(Math.max(0, width - 1 - stringWidth(cut)))}`;
}

/** `840 ms`, `8.2 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** `8 %` of a share between 0 and 1. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** `1:05`: minutes and seconds on the run's clock. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Three digits that matter: `0.125`, `21.4`, `812`. */
export function number(value: number | string): string {
  if (typeof value === 'string') return value;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return String(Number(value.toFixed(digits)));
}
