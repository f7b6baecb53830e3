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
