import { goType, toBase64 } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { asText } from '../as-text.ts';
import { goValue } from './go-values.ts';
import type { FormPart, WireParams } from './wire.ts';

/** What `http.file` gives: https://grafana.com/docs/k6/latest/javascript-api/k6-http/file/ */
class FileData {
  data: string | ArrayBuffer;
  filename: string;
  content_type: string;

  constructor(data: string | ArrayBuffer, filename: string, contentType: string) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
}

export function file(data: unknown, filename?: unknown, contentType?: unknown): FileData {
  if (typeof data !== 'string' && !(data instanceof ArrayBuffer))
    throw new GoError(`invalid type ${goType(data)}, expected string or ArrayBuffer`);
  const name = filename === undefined ? `${Date.now()}000000` : asText(filename);
  return new FileData(data, name, contentType === undefined ? 'application/octet-stream' : asText(contentType));
}

export interface SentBody {
  readonly params: Pick<WireParams, 'body'>;
  readonly text: string;
  /** Where the script does not say it. */
  readonly contentType?: string;
}

/** A body as k6 sends it: text and bytes as they are, an object as a form. Throws k6's error for all else. */
export function bodyOf(body: unknown): SentBody | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string') return { params: { body: 'text' }, text: body };
  if (body instanceof ArrayBuffer) return bytes(new Uint8Array(body));
  if (body instanceof Uint8Array) return bytes(body);
  if (typeof body !== 'object' || Array.isArray(body) || ArrayBuffer.isView(body))
    throw new GoError(`unknown request body type ${goType(body)}`);
  const fields = Object.entries(body);
  if (fields.some(([, value]) => value instanceof FileData))
    return { params: { body: { parts: fields.map(([name, value]) => partOf(name, value)) } }, text: '' };
  return { params: { body: 'text' }, text: formOf(fields), contentType: 'application/x-www-form-urlencoded' };
}

const bytes = (content: Uint8Array): SentBody => ({ params: { body: { base64: toBase64(content) } }, text: '' });

function partOf(name: string, value: unknown): FormPart {
  if (!(value instanceof FileData)) return { name, content: goValue(value) };
  const { data, filename, content_type: type } = value;
  const content = typeof data === 'string' ? data : { base64: toBase64(new Uint8Array(data)) };
  return { name, content, file: { name: filename, type } };
}

/** By name, as Go sorts forms. */
export function formOf(fields: readonly (readonly [string, unknown])[]): string {
  return fields
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${escaped(name)}=${escaped(goValue(one))}`),
    )
    .join('&');
}

const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
