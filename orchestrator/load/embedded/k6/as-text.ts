/** The text that JavaScript makes of a value, `[object Object]` too: what k6's functions get of an argument that they want as a text. '' for none. */
export function asText(value: unknown): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- that is what the script asked for
  return value === undefined ? '' : String(value);
}
