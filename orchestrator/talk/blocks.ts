import type { Position } from '../errors.ts';
import type { ProblemList, SourceFile } from '../show/source-file.ts';

/** The pieces a talk is written in: the small part of Markdown that can be spoken, and directives on lines of their own. */
export type Block =
  | { readonly kind: 'heading'; readonly at: Position; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly at: Position; readonly text: string }
  | { readonly kind: 'directive'; readonly at: Position; readonly text: string };

/** Cuts a talk into blocks; comments are left out. */
export function readBlocks(source: SourceFile, problems: ProblemList): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly at: Position; readonly lines: string[] } | undefined;
  const close = (): void => {
    if (open) blocks.push({ kind: 'paragraph', at: open.at, text: joinLines(open.lines) });
    open = undefined;
  };
  for (const [index, raw] of withoutComments(source, problems).split(/\r?\n/).entries()) {
    const line = raw.trim();
    const at = { file: source.file, line: index + 1, col: raw.length - raw.trimStart().length + 1 };
    const block = line === '' ? undefined : blockOf(line, at);
    if (line === '' || block) close();
    if (block) blocks.push(block);
    else if (line !== '') {
      if (line.includes('{{'))
        problems.add(
          { ...at, col: raw.indexOf('{{') + 1 },
          'a directive stands on a line of its own',
          'put `{{…}}` between two paragraphs',
        );
      open ??= { at, lines: [] };
      open.lines.push(line);
    }
  }
  close();
  return blocks;
}

function blockOf(line: string, at: Position): Block | undefined {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return { kind: 'heading', at, level: heading[1]?.length ?? 0, text: heading[2] ?? '' };
  const directive = /^\{\{([^{}]*)\}\}$/.exec(line);
  return directive ? { kind: 'directive', at, text: directive[1] ?? '' } : undefined;
}

/** The text with every comment blanked out, so that lines and columns stay. */
function withoutComments({ file, text }: SourceFile, problems: ProblemList): string {
  const blanked = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const unclosed = blanked.indexOf('<!--');
  if (unclosed < 0) return blanked;
  const before = blanked.slice(0, unclosed).split('\n');
  problems.add(
    { file, line: before.length, col: (before.at(-1)?.length ?? 0) + 1 },
    'this comment does not end',
    'close it with `-->`',
  );
  return blanked.slice(0, unclosed);
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。「」『』（）ー・！？：；〜…“”]/u;

/** The lines of a paragraph as one: with a space, but for Japanese, which has none between words. */
function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    const seamless = wide.test(text.at(-1) ?? '') && wide.test(line.at(0) ?? '');
    return `${text}${text === '' || seamless ? '' : ' '}${line}`;
  }, '');
}
