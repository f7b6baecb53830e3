import type { Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';

/** Epoch seconds, as the API takes them. */
export interface Seconds {
  readonly from: number;
  readonly to: number;
}

/** Statistics are given for at most 30 minutes at a time. */
const longestPiece = 1800;
/** A day. */
const mostPieces = 48;

/** A trace may begin so much before the spans of a service in it, and it is not documented which of the two a list goes by. Seconds. */
const margin = 10;

/** Whether anything can be in a window. Written so that NaN is no window either. */
export function isEmpty({ from, to }: Window): boolean {
  return !(from < to);
}

/** The whole seconds inside a window; throws a NoAnswer where there is none. */
export function wholeSeconds(name: string, window: Window): Seconds {
  const from = Math.max(0, Math.ceil(window.from / 1000));
  const to = Math.floor(window.to / 1000);
  if (from < to) return { from, to };
  throw new NoAnswer('backend-rejected', `${name} counts by whole seconds, and there is none in the window`, {
    hint: 'ask for at least two seconds',
  });
}

/** Windows that statistics are given for, one after the other. */
export function pieces(name: string, { from, to }: Seconds): readonly Seconds[] {
  const count = Math.ceil((to - from) / longestPiece);
  if (count > mostPieces) {
    throw new NoAnswer(
      'backend-too-much',
      `${name} gives statistics by the half hour; these would be ${count} of them`,
      {
        hint: 'ask for a day at most',
      },
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    from: from + index * longestPiece,
    to: Math.min(to, from + (index + 1) * longestPiece),
  }));
}

/** What to search so that no trace of a window is missed; what is outside it is left out afterwards, by the millisecond. */
export function around(window: Window): Seconds {
  const latest = 8.64e12;
  return {
    from: Math.min(latest, Math.max(0, Math.floor(window.from / 1000) - margin)),
    to: Math.min(latest, Math.ceil(window.to / 1000)),
  };
}
