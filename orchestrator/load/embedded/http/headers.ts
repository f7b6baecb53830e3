import { canonicalName } from '../k6/http/header-name.ts';

/** As undici has them: by their names in small letters, a character for each byte. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A character for each byte of the UTF-8, as it is written to the wire: Go sends it so. */
export function toWire(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

function fromWire(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'latin1').toString();
}

// eslint-disable-next-line no-control-regex -- what is ASCII stays as it is
const isAscii = (text: string): boolean => /^[\0-\u007f]*$/.test(text);

/** Names as Go writes them and values, in turn. */
export function textHeaders(raw: RawHeaders): string[] {
  const texts: string[] = [];
  for (const name of Object.keys(raw)) for (const value of valuesOf(raw, name)) texts.push(canonicalName(name), value);
  return texts;
}

/** The values of a header, by its name in small letters. */
export function valuesOf(raw: RawHeaders, name: string): readonly string[] {
  const values = raw[name];
  if (values === undefined) return none;
  return typeof values === 'string' ? [fromWire(values)] : values.map(fromWire);
}

const none: readonly string[] = [];
