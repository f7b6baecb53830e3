// Also runs in the interpreter of a virtual user: no imports, nothing of Node.

/** What `handleSummary` returned, as JSON can carry it. */
export type Returned =
  | { readonly files: Readonly<Record<string, ReturnedValue>> }
  /** Nothing, null, false, 0 or an empty text: the standard summary is wanted. */
  | { readonly nothing: true }
  | { readonly invalid: true };

/** `bytes`: one character per byte. `invalid`: the name of a type that cannot be written. */
type ReturnedValue = { readonly text: string } | { readonly bytes: string } | { readonly invalid: string };

/** Keeps bytes as bytes, and the types of what cannot be written for the message; `undefined` is not lost either. */
export function packReturned(value: unknown): Returned {
  if (!value) return { nothing: true };
  if (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return { invalid: true };
  return { files: Object.fromEntries(Object.entries(value).map(([path, content]) => [path, pack(content)])) };
}

function pack(value: unknown): ReturnedValue {
  if (typeof value === 'string') return { text: value };
  if (value instanceof ArrayBuffer) return { bytes: latin1(new Uint8Array(value)) };
  if (value instanceof Uint8Array) return { bytes: latin1(value) };
  return { invalid: typeName(value) };
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return typeof value;
  return value.constructor?.name ?? 'object';
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
