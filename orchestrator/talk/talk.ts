import type { Position } from '../errors.ts';
import type { Language } from '../show/show.ts';

/** A show's spoken text in one language: `talk.<language>.md`. */
export interface Talk {
  readonly language: Language;
  readonly file: string;
  readonly acts: Readonly<Record<string, ActTalk>>;
}

export interface ActTalk {
  readonly at: Position;
  /** In the order of the file; the first, said when the act starts, has no cue. */
  readonly sections: readonly TalkSection[];
}

export interface TalkSection {
  readonly cue?: string;
  readonly at: Position;
  readonly parts: readonly TalkPart[];
}

/** A paragraph to say, or something of this very run to show: a real trace, what bad requests of the act share, or what a server monitor sees now. */
export type TalkPart =
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'show-trace';
      readonly service: string;
      readonly route: string;
      readonly pick: 'newest' | 'slowest' | 'failed';
    }
  | { readonly kind: 'show-tendency'; readonly service: string; readonly route: string; readonly of: 'errors' }
  | { readonly kind: 'show-servers' };
