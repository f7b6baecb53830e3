import { SourceMap } from 'node:module';
import type { Problem } from '../../errors.ts';
import { isGuestFile } from './guest-files.ts';
import type { CompiledScript, ScriptError } from './protocol.ts';

type Place = Pick<Problem, 'at' | 'excerpt'>;

/** Leads from the compiled script back to the files the user wrote. */
export class ScriptPositions {
  readonly #map: SourceMap;
  readonly #script: string;

  constructor(script: CompiledScript) {
    this.#map = new SourceMap(JSON.parse(script.map) as ConstructorParameters<typeof SourceMap>[0]);
    this.#script = script.file;
  }

  /** The innermost frame of an error that lies in the user's files; the script's first line where there is none. */
  ofError(error: ScriptError): Place {
    for (const [, line, col] of error.stack.matchAll(/script\.js:(\d+):(\d+)/g)) {
      const entry = this.#map.findEntry(Number(line) - 1, Number(col) - 1);
      if (!('originalSource' in entry) || isGuestFile(entry.originalSource)) continue;
      const { originalSource: file, originalLine, originalColumn } = entry;
      // At the head of a loop the interpreter knows the last call before it; before the first one, the beginning of the file.
      const isBeginning = originalLine + originalColumn === 0;
      return (
        (error.isOverdue && isBeginning && this.#onlyLoop(file)) || this.#place(file, originalLine, originalColumn)
      );
    }
    return this.#place(this.#script, 0, 0);
  }

  /** Of those that run while the file is loaded, as long as it is written as usual; undefined where there are several. */
  #onlyLoop(file: string): Place | undefined {
    const { sources, sourcesContent } = this.#map.payload;
    const lines = sourcesContent[sources.indexOf(file)]?.split('\n') ?? [];
    const loops = lines.flatMap((text, line) => (/^(for|while|do)\b/.test(text) ? [line] : []));
    const [line] = loops;
    return line === undefined || loops.length > 1 ? undefined : this.#place(file, line, 0);
  }

  /** The first place in the user's files that `pattern` matches; the script's first line where none does. */
  ofText(pattern: RegExp): Place {
    for (const [index, source] of this.#map.payload.sources.entries()) {
      const text = this.#map.payload.sourcesContent[index] ?? '';
      const at = isGuestFile(source) ? -1 : text.search(pattern);
      if (at < 0) continue;
      const before = text.slice(0, at).split('\n');
      return this.#place(source, before.length - 1, before.at(-1)?.length ?? 0);
    }
    return this.#place(this.#script, 0, 0);
  }

  /** Lines and columns count from 0 here. */
  #place(source: string, line: number, col: number): Place {
    const { sources, sourcesContent } = this.#map.payload;
    const file = source.startsWith('/') ? source : `/${source}`;
    const excerpt = sourcesContent[sources.indexOf(source)]?.split('\n')[line];
    return { at: { file, line: line + 1, col: col + 1 }, ...(excerpt !== undefined && { excerpt }) };
  }
}

/** An error of the script as `file:line:col: message`. */
export function describeScriptError(error: ScriptError, positions: ScriptPositions): string {
  const { file, line, col } = positions.ofError(error).at;
  return `${file}:${line}:${col}: ${error.name === 'NotPlayed' ? '' : `${error.name}: `}${error.message}`;
}
