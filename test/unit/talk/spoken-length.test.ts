import { describe, expect, it } from 'vitest';
import type { Act, Language } from '../../../orchestrator/show/show.ts';
import { checkSpokenLength, spokenMs } from '../../../orchestrator/talk/spoken-length.ts';
import type { Talk, TalkSection } from '../../../orchestrator/talk/talk.ts';

const place = (line: number) => ({ file: 'talk.md', line, col: 1 });

/** 150 English words take a minute, so one word takes 400 ms. */
const words = (count: number) => Array(count).fill('word').join(' ');

const act: Act = {
  name: 'slow',
  title: { en: 'slow', ja: 'slow' },
  forMs: 30_000,
  advance: 'clock',
  injections: [],
  expectations: [],
  healsWithinMs: 10_000,
  cues: [
    { name: 'look', when: { atMs: 20_000 } },
    { name: 'well', when: { moment: 'healing' } },
  ],
  at: place(1),
};

function section(line: number, text: string, cue?: string): TalkSection {
  return {
    at: place(line),
    parts: [{ kind: 'say', text }, { kind: 'show-servers' }],
    ...(cue !== undefined && { cue }),
  };
}

function talkOf(language: Language, sections: readonly TalkSection[]): Talk {
  return { language, file: 'talk.md', acts: { slow: { at: place(1), sections } } };
}

const check = (sections: readonly TalkSection[], changed: Partial<Act> = {}) =>
  checkSpokenLength({ acts: [{ ...act, ...changed }] }, { en: talkOf('en', sections), ja: talkOf('ja', []) }).map(
    ({ at, message, hint }) => `${at.line} ${message} | ${hint}`,
  );

describe('how long a text takes to say', () => {
  it.each([
    ['one two three', 1200],
    ['N+1 isn’t built-in, 40 times.', 6 * 400],
    ['トレースを見る', 7 * 187.5],
    ['日本語、です。', 5 * 187.5],
    ['APM は何でしょう', 400 + 6 * 187.5],
    ['…', 0],
  ])('%s', (text, ms) => {
    expect(spokenMs(text)).toBeCloseTo(ms, 6);
  });
});

describe('a talk is too long for its act', () => {
  it('when all of it takes longer than act and recovery together', () => {
    expect(check([section(3, words(100))])).toEqual([]);
    expect(check([section(3, words(105))])).toEqual([
      '3 too long: this act, would be said 42s after the act’s start, and the act has 40s | shorten the act’s text by 2s, about 5 words; or give the act more time',
    ]);
  });

  it('when a cue comes too late for what is said there', () => {
    expect(check([section(3, words(5)), section(5, words(50), 'look')])).toEqual([]);
    expect(check([section(3, words(5)), section(5, words(53), 'look')])).toEqual([
      '5 too long: this act, from the cue `look` on, would be said 42s after the act’s start, and the act has 40s | shorten the act’s text by 2s, about 3 words; or give the act more time',
    ]);
  });

  it('when what is said before a cue leaves no time for it', () => {
    expect(check([section(3, words(60)), section(5, words(20), 'look'), section(7, words(20), 'well')])).toEqual([]);
    expect(check([section(3, words(60)), section(5, words(20), 'look'), section(7, words(21), 'well')])[0]).toMatch(
      /^7 too long: this act, from the cue `well` on, would be said 41s/,
    );
  });

  it('but never when the act waits for the presenter', () => {
    expect(check([section(3, words(1000))], { advance: 'cue' })).toEqual([]);
  });

  it('in characters for a Japanese talk', () => {
    const long = talkOf('ja', [section(3, 'あ'.repeat(240))]);
    expect(checkSpokenLength({ acts: [act] }, { en: talkOf('en', []), ja: long })[0]?.hint).toBe(
      'shorten the act’s text by 5s, about 27 characters; or give the act more time',
    );
  });
});
