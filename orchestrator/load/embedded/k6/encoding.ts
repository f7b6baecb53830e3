// Module `k6/encoding`: https://grafana.com/docs/k6/latest/javascript-api/k6-encoding/
import { asText } from './as-text.ts';
import { callHost } from './bridge.ts';
import { fromBase64, packed } from './bytes.ts';

/** `encoding`: `std` (also for anything unknown), `rawstd`, `url`, `rawurl`; raw ones have no padding. Throws for what are no bytes. */
export function b64encode(input?: unknown, encoding?: unknown): string {
  return callHost('encoding.encode', { input: packed(input), encoding: asText(encoding) }) as string;
}

/** A text (UTF-8) where `format` is `s`, otherwise an ArrayBuffer. Throws where the input is no base64 of this encoding. */
export function b64decode(input?: unknown, encoding?: unknown, format?: unknown): string | ArrayBuffer {
  const asked = { input: asText(input), encoding: asText(encoding), text: format === 's' };
  const decoded = callHost('encoding.decode', asked) as string;
  return asked.text ? decoded : fromBase64(decoded).buffer;
}
