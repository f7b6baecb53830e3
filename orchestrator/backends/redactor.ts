import { hidden, revealed, type Secret } from './secret.ts';

/** Headers whose values tell nothing, and are in every other text. */
const harmless: ReadonlySet<string> = new Set(['accept', 'content-encoding', 'content-type', 'user-agent']);

/** Shorter pieces are in every other word. */
const tellingLength = 4;

/**
 * Takes the values of headers out of a text: a server may repeat the key that it does not like, whole, without its scheme, or as it has
 * decoded it. To be used before a text is shortened: of a secret cut in two nothing is found.
 */
export function redactor(headers: Readonly<Record<string, string | Secret>>): (text: string) => string {
  const pieces = Object.entries(revealed(headers))
    .filter(([name]) => !harmless.has(name.toLowerCase()))
    .flatMap(([, value]) => piecesOf(value))
    .flatMap((piece) => [piece, JSON.stringify(piece).slice(1, -1)])
    .filter((piece) => piece.length >= tellingLength)
    .toSorted((a, b) => b.length - a.length);
  return (text) => pieces.reduce((rest, piece) => rest.replaceAll(piece, hidden), text);
}

/** The value, what follows its scheme, the words of that, and of Basic (RFC 7617) `user:password` and the password. */
function piecesOf(value: string): readonly string[] {
  const whole = value.trim();
  const [, scheme = '', credentials = whole] = /^([\w-]+)\s+(.*)$/s.exec(whole) ?? [];
  const words = credentials.split(/[\s,;]+/).flatMap((word) => [word, word.replace(/^[\w-]+=(?=.)/, '')]);
  const unquoted = words.map((word) => word.replaceAll(/^"|"$/g, ''));
  return [whole, credentials, ...words, ...unquoted, ...(/^basic$/i.test(scheme) ? decoded(credentials) : [])];
}

function decoded(credentials: string): readonly string[] {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return [pair, pair.replace(/^[^:]*:/, '')];
}
