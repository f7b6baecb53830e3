/** A text, or bytes as base64: see `k6/bytes.ts`. */
export type PackedBytes = string | { readonly base64: string };

export function unpacked(bytes: PackedBytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : Buffer.from(bytes.base64, 'base64');
}
