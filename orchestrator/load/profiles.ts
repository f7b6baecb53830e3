import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { type Position, type Problem, ProblemsError } from '../errors.ts';

/** A k6 script that a show may name. */
export interface LoadProfile {
  readonly name: string;
  /** Absolute path. */
  readonly script: string;
  readonly title: Readonly<Record<'en' | 'ja', string>>;
  /** The routes that get traffic from it, by service; undefined for a user's own script, where nobody knows. */
  readonly reaches: Readonly<Record<string, readonly string[]>> | undefined;
}

const fileSchema = z.strictObject({
  profiles: z.record(
    z.string(),
    z.strictObject({
      script: z.string().min(1),
      title: z.strictObject({ en: z.string().min(1), ja: z.string().min(1) }),
      reaches: z.record(
        z.string(),
        z.array(z.string().regex(/^[A-Z]+ \//, 'a route is written like `GET /products/:id`')),
      ),
    }),
  ),
});

/** The profiles of `load-profiles/profiles.yaml`; throws a ProblemsError with everything that is wrong in it. */
export function readProfiles(file: string): readonly LoadProfile[] {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line, col };
  };
  if (document.errors.length > 0) {
    throw new ProblemsError(
      document.errors.map(({ message, pos }) => ({ message: message.split('\n')[0] ?? message, at: at(pos[0]) })),
    );
  }
  const parsed = fileSchema.safeParse(document.toJS());
  if (!parsed.success) {
    throw new ProblemsError(
      parsed.error.issues.map(({ path, message }) => ({
        message: `${path.join('.')}: ${message}`,
        at: at(offsetOf(document, path)),
      })),
    );
  }
  const profiles = Object.entries(parsed.data.profiles).map(([name, profile]) => ({
    ...profile,
    name,
    script: resolve(dirname(file), profile.script),
  }));
  const missing = profiles.filter(({ script }) => !isFile(script));
  if (missing.length > 0) {
    throw new ProblemsError(
      missing.map(({ name, script }) => missingScript(script, at(offsetOf(document, ['profiles', name, 'script'])))),
    );
  }
  return profiles;
}

/** A user's own k6 script as a profile; `path` is taken from the folder `cwd`. Throws a ProblemsError where there is no such file. */
export function profileOfScript(path: string, cwd: string): LoadProfile {
  const script = isAbsolute(path) ? path : resolve(cwd, path);
  if (!isFile(script)) throw new ProblemsError([missingScript(script, { file: script, line: 1, col: 1 })]);
  const name = basename(script);
  return { name, script, title: { en: name, ja: name }, reaches: undefined };
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function missingScript(script: string, at: Position): Problem {
  return {
    message: `there is no script ${script}`,
    at,
    hint: 'write the path of a k6 script, from the folder of this file',
  };
}

/** Where a value begins; of the nearest thing around it that is there, for what is missing. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
