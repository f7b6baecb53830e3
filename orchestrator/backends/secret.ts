import { inspect } from 'node:util';
import { z } from 'zod';

/** What is shown in place of a secret. */
export const hidden = '[secret]';

/** A key, token or password. Whatever prints it, prints `[secret]`; only `reveal` gives it away, to whoever writes a request header. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

/** Header values in clear, at the moment they are sent. */
export function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()]),
  );
}

/** A secret among the settings of a backend: `{env: NAME}` or `{file: path}` in `showrunner.yaml`, which the reader of that file has looked up. */
export const secretSetting = z
  .custom<Secret>((value) => value instanceof Secret, 'a secret is not written here: write {env: NAME} or {file: path}')
  .meta({ description: 'A secret: where it is, not what it is.', examples: [{ env: 'MACKEREL_API_KEY' }] });
