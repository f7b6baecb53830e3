// The global `open`: https://grafana.com/docs/k6/latest/javascript-api/init-context/open/
import { asText } from './as-text.ts';
import { callHost, current } from './bridge.ts';
import { fromBase64 } from './bytes.ts';
import { GoError } from './go-error.ts';

// oxlint-disable-next-line no-underscore-dangle -- k6's own name
declare const __VU: number;

interface OpenedFile {
  readonly text?: string;
  readonly base64?: string;
  /** For the script's author. */
  readonly warning?: string;
}

/**
 * A file's text, or with `mode` `b` its bytes. Only while the script is loaded. A relative path starts at the folder of the file whose own code
 * is being run then: usually the one that calls, but the importing one where it calls a function of another file, as in k6.
 */
export function open(path?: unknown, mode?: unknown): string | ArrayBuffer {
  if (current.exec !== '') throw new GoError(`the "open" function is only available in the init stage ${whatIsInit}`);
  const name = asText(path);
  if (name === '') throw new GoError("open() can't be used with an empty filename");
  const asked = { path: name, binary: mode === 'b', vu: __VU, stack: new Error('').stack ?? '' };
  const { text, base64, warning } = callHost('files.open', asked) as OpenedFile;
  if (warning !== undefined) callHost('log', { level: 'warn', message: warning });
  return base64 === undefined ? (text ?? '') : fromBase64(base64).buffer;
}

const whatIsInit =
  '(i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information';

/** `import.meta.resolve`: the URL of what an import of `specifier` in the calling file means. Throws for a package's name. */
export function resolveHere(specifier?: unknown): string {
  return callHost('files.resolve', { specifier: asText(specifier), stack: new Error('').stack ?? '' }) as string;
}
