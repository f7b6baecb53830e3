import type { Position } from '../errors.ts';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

/** `clock`: after `forMs`. `evidence`: as soon as every expectation is met, at the latest after `forMs`. `cue`: when the presenter says so. */
export type Advance = 'clock' | 'evidence' | 'cue';

/** A show as written in `show.yaml`, with every default filled in and every name known to exist. Durations in milliseconds. */
export interface Show {
  readonly name: string;
  readonly file: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly backends: readonly string[];
  /** At least one. */
  readonly load: readonly LoadSpec[];
  readonly acts: readonly Act[];
}

export interface LoadSpec {
  /** A name in `load-profiles/profiles.yaml`, or the path of a k6 script as the show writes it. */
  readonly profile: string;
  /** Iterations (visits) per second. */
  readonly rate: number;
  /** How long its script plays; without it, as long as its acts do. */
  readonly durationMs?: number;
  readonly env: Readonly<Record<string, string>>;
  /** The act it begins with; without it, before the first. */
  readonly from?: string;
  /** The act it no longer plays in; without it, it plays to the end. */
  readonly until?: string;
}

export interface Act {
  readonly name: string;
  readonly title: Readonly<Record<Language, string>>;
  /** How long the act plays before its faults are removed. */
  readonly forMs: number;
  readonly advance: Advance;
  readonly injections: readonly Injection[];
  readonly expectations: readonly ExpectationSpec[];
  /** How long the backend has to show the recovery once the faults are removed; the act's second part. 0 without faults. */
  readonly healsWithinMs: number;
  readonly cues: readonly Cue[];
  readonly at: Position;
}

/**
 * What the moment of a cue can be tied to, besides a time in the act: the first fault `injected`, the first one `proven`, everything
 * that the act expects to appear `met`, the faults being taken back (`healing`), every recovery met (`healed`).
 */
export const cueMoments = ['injected', 'proven', 'met', 'healing', 'healed'] as const;
export type CueMoment = (typeof cueMoments)[number];

/** A named moment in an act; the talk's section of that name is said then. */
export interface Cue {
  readonly name: string;
  /** A time after the act's start, or the first moment of that kind in the act. */
  readonly when: { readonly atMs: number } | { readonly moment: CueMoment };
}

/** One use of a fault in an act. The envelope; only `with` belongs to the fault. */
export interface Injection {
  readonly fault: string;
  /** The service, or for a link `caller->callee`, that the fault is put on. */
  readonly on: string;
  readonly atMs: number;
  /** How long it stays; without it, until the act ends. */
  readonly forMs?: number;
  /** Share of the requests concerned, in (0, 1]. */
  readonly intensity: number;
  /** The fault is undone at the latest this long after its injection, whatever else happens. */
  readonly ttlMs: number;
  readonly with: unknown;
  readonly at: Position;
}

/** What the backend must show. `params` has passed the kind's own schema. */
export interface ExpectationSpec {
  readonly kind: string;
  readonly params: unknown;
  /** From the moment the act's faults are in force (or the act's start, without faults). */
  readonly withinMs: number;
  /** Requests the judged window needs; the kind's own default when absent. */
  readonly minRequests?: number;
  readonly at: Position;
}
