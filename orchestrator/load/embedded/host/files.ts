import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompiledScript } from '../protocol.ts';
import { CallingFiles } from './calling-files.ts';
import { goError } from './go-error.ts';

interface OpenRequest {
  readonly path: string;
  readonly binary: boolean;
  /** 0 is the virtual user that is asked for the options. */
  readonly vu: number;
  readonly stack: string;
}

interface OpenedFile {
  readonly text?: string;
  readonly base64?: string;
  readonly warning?: string;
}

/**
 * Files for `open()`. They are read once, and only what the first virtual user has opened can be opened by the others, as in k6: a test knows its
 * files when it begins. Read synchronously, because the script waits while it is loaded and nothing else runs yet.
 */
export function fileOperations(script: CompiledScript) {
  const files = new Map<string, Buffer | Error>();
  const callers = new CallingFiles(script);
  return {
    'files.open'({ path, binary, vu, stack }: OpenRequest): OpenedFile {
      const named = path.replace(/^file:\/\//, '');
      const { base, calling } = callers.of(stack);
      const file = isAbsolute(named) ? resolve(named) : join(dirname(base), named);
      const bytes = files.get(file) ?? (vu === 0 ? read(file) : refuseLate(file));
      files.set(file, bytes);
      if (bytes instanceof Error) throw bytes;
      const isElsewhere = vu === 0 && !isAbsolute(named) && dirname(base) !== dirname(calling);
      return {
        ...(binary ? { base64: bytes.toString('base64') } : { text: bytes.toString('utf8') }),
        ...(isElsewhere && { warning: elsewhere(base, calling) }),
      };
    },

    /** A URL, as in k6. */
    'files.resolve'({ specifier, stack }: { specifier: string; stack: string }): string {
      if (/^(file|https):\/\//.test(specifier)) return specifier;
      if (!/^[./]/.test(specifier)) throw goError(`\`${specifier}\` is neither a path nor a URL`);
      return pathToFileURL(resolve(dirname(callers.of(stack).calling), specifier)).href;
    },
  };
}

/** What cannot be read fails in the same way for every virtual user, because a script may catch it. */
function read(file: string): Buffer | Error {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return goError(`stat ${file}: no such file or directory`);
  if (found.isDirectory()) return goError(`open() can't be used with directories, path: "${file}"`);
  try {
    return readFileSync(file);
  } catch (error) {
    return goError(`open ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseLate(file: string): never {
  throw goError(
    `open() of "${file}" in a virtual user, which the script did not open when it was loaded first: every copy of it must open the same files`,
  );
}

const elsewhere = (base: string, calling: string): string =>
  `open() in ${calling} is relative to ${dirname(base)}, whose file is being loaded; import.meta.resolve() in the ` +
  `calling file makes a path that does not depend on who calls`;
