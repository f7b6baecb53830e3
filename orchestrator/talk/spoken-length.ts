import type { Problem } from '../errors.ts';
import { type Act, type Language, languages, type Show } from '../show/show.ts';
import { cueTimeMs } from '../show/timeline.ts';
import { formatDuration } from '../show/units.ts';
import type { ActTalk, Talk, TalkSection } from './talk.ts';

/**
 * Pace of a speaker who wants to be understood by people walking by.
 * English: about 150 words a minute (National Center for Voice and Speech, conversation in the United States).
 * Japanese: 320 characters a minute, kanji and kana as written; newsreaders plan 300 (NHK) to 350 (private stations).
 */
const perMinute = { word: 150, japaneseCharacter: 320 } as const;

const japanese = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]/gu;
const word = /[\p{L}\p{N}]+(?:[-'’.:/][\p{L}\p{N}]+)*/gu;

/** How long a text takes to say, in milliseconds: Japanese by its characters, everything else by its words, in any language. */
export function spokenMs(text: string): number {
  const characters = text.match(japanese)?.length ?? 0;
  const words = text.replace(japanese, ' ').match(word)?.length ?? 0;
  return 60_000 * (characters / perMinute.japaneseCharacter + words / perMinute.word);
}

/** Acts whose text cannot be said in their time, each with by how much to shorten it. An act that waits for the presenter has all the time it needs. */
export function checkSpokenLength(
  show: Pick<Show, 'acts'>,
  talks: Readonly<Record<Language, Talk>>,
): readonly Problem[] {
  return languages.flatMap((language) =>
    show.acts
      .filter(({ advance }) => advance !== 'cue')
      .flatMap((act) => tooLong(act, talks[language], talks[language].acts[act.name]) ?? []),
  );
}

/** Speaks the act through: a section begins at its cue, or when the one before it has been said. */
function tooLong(act: Act, talk: Talk, told: ActTalk | undefined): Problem | undefined {
  const actMs = act.forMs + act.healsWithinMs;
  let saidMs = 0;
  let late: TalkSection | undefined;
  for (const { section, fromMs } of inTime(act, told?.sections ?? [])) {
    saidMs = Math.max(saidMs, fromMs) + sectionMs(section);
    if (saidMs > actMs) late ??= section;
  }
  if (!late) return undefined;
  const place = late.cue === undefined ? 'this act' : `this act, from the cue \`${late.cue}\` on`;
  return {
    message: `too long: ${place}, would be said ${seconds(saidMs)} after the act’s start, and the act has ${formatDuration(actMs)}`,
    at: late.at,
    hint: `shorten the act’s text by ${seconds(saidMs - actMs)}, about ${amount(saidMs - actMs, talk.language)}; or give the act more time`,
  };
}

function inTime(act: Act, sections: readonly TalkSection[]) {
  const fromMs = (section: TalkSection): number => {
    const cue = act.cues.find(({ name }) => name === section.cue);
    return cue ? cueTimeMs(act, cue) : 0;
  };
  return sections.map((section) => ({ section, fromMs: fromMs(section) })).toSorted((a, b) => a.fromMs - b.fromMs);
}

function sectionMs({ parts }: TalkSection): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'say' ? spokenMs(part.text) : 0), 0);
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}

function amount(ms: number, language: Language): string {
  const [pace, unit] = language === 'ja' ? [perMinute.japaneseCharacter, 'characters'] : [perMinute.word, 'words'];
  return `${Math.ceil((ms / 60_000) * pace)} ${unit}`;
}
