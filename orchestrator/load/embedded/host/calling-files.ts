import { SourceMap } from 'node:module';
import type { CompiledScript } from '../protocol.ts';

interface Callers {
  /** The file whose own code is being run: what k6 resolves the paths of `open()` by. */
  readonly base: string;
  /** The file that the call is written in. */
  readonly calling: string;
}

/** What the bundler calls its functions that run the code of a file which another one requires. */
const loader = /^(__require|__init)/;

/** Leads from a stack of the compiled script to the user's files. */
export class CallingFiles {
  readonly #script: CompiledScript;
  #map: SourceMap | undefined;

  constructor(script: CompiledScript) {
    this.#script = script;
  }

  of(stack: string): Callers {
    const files: string[] = [];
    for (const { name, line, col } of frames(stack)) {
      if (loader.test(name) && files.length > 0) break;
      const file = this.#fileAt(line, col);
      if (file !== undefined) files.push(file);
    }
    return { base: files.at(-1) ?? this.#script.file, calling: files[0] ?? this.#script.file };
  }

  /** Undefined for what is none of the user's files. */
  #fileAt(line: number, col: number): string | undefined {
    this.#map ??= new SourceMap(JSON.parse(this.#script.map) as ConstructorParameters<typeof SourceMap>[0]);
    const entry = this.#map.findEntry(line - 1, col - 1);
    if (!('originalSource' in entry)) return undefined;
    const source = entry.originalSource;
    const file = source.startsWith('/') ? source : `/${source}`;
    return file.endsWith('showrunner-entry') || file.includes('orchestrator/load/embedded/k6/') ? undefined : file;
  }
}

function frames(stack: string): { readonly name: string; readonly line: number; readonly col: number }[] {
  return stack.split('\n').flatMap((frame) => {
    const [, name = '', line, col] = /^\s*at (.*?) ?\(?script\.js:(\d+):(\d+)\)?$/.exec(frame) ?? [];
    return line === undefined ? [] : [{ name, line: Number(line), col: Number(col) }];
  });
}
