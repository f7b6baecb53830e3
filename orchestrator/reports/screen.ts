import type { Output } from '../host.ts';

/** Lines that stay, and on a terminal one line below them that is drawn again and again. */
export interface Screen {
  print(lines: readonly string[]): void;
  /** Replaces the live line; nothing happens where the output is not a terminal. */
  live(line: string): void;
  clear(): void;
}

const eraseLine = '\r\u001B[2K';

export function createScreen(output: Output): Screen {
  let shown = '';
  const erase = (): void => {
    if (shown !== '') output.write(eraseLine);
  };
  return {
    print(lines) {
      if (lines.length === 0) return;
      erase();
      output.write(lines.map((line) => `${line}\n`).join(''));
      if (shown !== '') output.write(shown);
    },
    live(line) {
      if (!output.isTTY) return;
      erase();
      output.write(line);
      shown = line;
    },
    clear() {
      erase();
      shown = '';
    },
  };
}
