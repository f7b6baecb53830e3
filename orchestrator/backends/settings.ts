import { z } from 'zod';
import { secretSetting } from './secret.ts';

/** Where something is asked or sent to: http or https, and nothing in it that would show a password or swallow the path that is added. */
export const backendUrl = z
  .url({ protocol: /^https?$/i, error: 'not a URL of HTTP' })
  .refine((text) => !/^https?:[/\\]*[^/?#]*@/i.test(text), {
    error: 'a user and a password are not written into a URL: write a key, a login or a header',
  })
  .refine((text) => !/[?#]/.test(text), { error: 'a URL without `?` and `#` is wanted: paths are added to it' });

/** The base of an OTLP/HTTP receiver. */
export const otlpBaseUrl = backendUrl.refine((text) => !/\/v1\/(traces|logs|metrics)\/?$/i.test(text), {
  error: 'the base of the URL is wanted: the path of each signal, as `/v1/traces`, is added to it',
});

/** Names of headers that hold a key. */
const telling = /auth|cookie|key|token|secret|pass|credential|dsn|team|license/i;
/** https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const headerName = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
/** Visible characters, spaces and tabs: https://www.rfc-editor.org/rfc/rfc9110#name-field-values */
const headerValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Further headers of requests; one that holds a key is a secret, whole: `Bearer …`. */
export const headersSetting = z.record(z.string(), z.union([z.string(), secretSetting])).check((context) => {
  for (const [name, value] of Object.entries(context.value)) {
    const message = wrongHeader(name, value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, path: [name], input: value });
  }
});

function wrongHeader(name: string, value: unknown): string | undefined {
  if (!headerName.test(name)) return 'not a name of a header';
  if (typeof value !== 'string') return undefined;
  if (telling.test(name)) return 'a secret is not written here: write {env: NAME} or {file: path}';
  return headerValue.test(value) ? undefined : 'not a value that a header can carry';
}
