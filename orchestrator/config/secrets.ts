import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Secret } from '../backends/secret.ts';
import { messageOf } from '../errors.ts';
import { isMapping } from '../show/reader.ts';
import { quote } from '../show/source-file.ts';

/** Where a secret is. */
export type Reference = { readonly env: string } | { readonly file: string };

/** A secret, or why there is none. Neither text has anything of its value. */
export type LookedUp = { readonly secret: Secret } | { readonly message: string; readonly hint: string };

/** Where secrets are looked for. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths begin here. */
  readonly dir: string;
}

const maxBytes = 64 * 1024;

/** `{env: NAME}` or `{file: path}`. */
export function referenceOf(value: unknown): Reference | undefined {
  if (!isMapping(value) || Object.keys(value).length !== 1) return undefined;
  const { env, file } = value;
  if (typeof env === 'string' && /^[A-Za-z_]\w*$/.test(env)) return { env };
  return typeof file === 'string' && file !== '' ? { file } : undefined;
}

export async function lookUpSecret(reference: Reference, { env, dir }: Place): Promise<LookedUp> {
  if ('env' in reference) {
    const value = env[reference.env];
    const what = `the environment variable ${quote(reference.env)}`;
    if (value === undefined) return { message: `${what} is not set`, hint: 'set it, or write {file: path}' };
    return secretOf(value, what);
  }
  const what = `the file ${quote(reference.file)}`;
  try {
    const path = resolve(dir, reference.file);
    const { size } = await stat(path);
    if (size > maxBytes) return { message: `${what} is too large for a secret`, hint: 'is this the right file?' };
    return secretOf(await readFile(path, 'utf8'), what);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      message: missing ? `${what} is missing` : `${what} cannot be read: ${messageOf(error)}`,
      hint: 'a relative path begins at the folder of this file',
    };
  }
}

/** Without the line break at the end of a file. `what` is where the text is from. */
export function secretOf(text: string, what: string): LookedUp {
  const value = text.trim();
  if (value === '') return { message: `${what} is empty`, hint: 'write the key, token or password into it' };
  // RFC 9110, 5.5: what a header may carry.
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) {
    return {
      message: `${what} has line breaks or characters that no header can carry`,
      hint: 'write the secret alone',
    };
  }
  return { secret: new Secret(value) };
}
