import type { RawHeaders } from './exchange.ts';

const canonicalNames = new Map<string, string>();
const keptNames = 1000;

/** A name as Go writes it, `Content-Type`; one that is no token stays as it is. */
export function canonicalName(name: string): string {
  const known = canonicalNames.get(name);
  if (known !== undefined) return known;
  const canonical = /^[\w!#$%&'*+.^`|~-]+$/.test(name)
    ? name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase())
    : name;
  if (canonicalNames.size < keptNames) canonicalNames.set(name, canonical);
  return canonical;
}

/** Names as Go writes them and values, in turn. */
export function textHeaders(raw: RawHeaders): string[] {
  if (Array.isArray(raw))
    return (raw as readonly Buffer[]).map((one, at) => (at % 2 === 0 ? canonicalName(String(one)) : String(one)));
  return Object.entries(raw as Readonly<Record<string, string | string[] | undefined>>).flatMap(([name, value]) =>
    name.startsWith(':') ? [] : [value ?? []].flat().flatMap((one) => [canonicalName(name), one]),
  );
}

/** The values of a header, by its name as Go writes it. */
export function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === name);
}
