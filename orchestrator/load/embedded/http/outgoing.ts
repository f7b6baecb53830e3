import { randomBytes } from 'node:crypto';
import { encode } from './compression.ts';
import { canonicalName } from '../k6/http/header-name.ts';
import type { HttpSettings } from './settings.ts';
import type { FormPart, ParsedRequest, Warning } from '../k6/http/wire.ts';

/** A request as the script wants it, before redirects, cookies and credentials change its headers. */
export interface Prepared {
  /** By their names as Go writes them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly warning: Warning | undefined;
  /** What `Response.request` shows and only the engine knows. */
  readonly shown: { readonly sentHeaders?: Readonly<Record<string, string>>; readonly sentBody?: string };
}

/** Headers that Go's client does not send, whatever the script says. */
const unsent = new Set(['Content-Length', 'Transfer-Encoding', 'Trailer']);
/** Headers that the client below does not send as they are. */
const unplayed = new Set(['Expect', 'Keep-Alive', 'Upgrade']);

/** Undefined where there is nothing to prepare: no headers, no body. */
export function prepare(asked: ParsedRequest, settings: HttpSettings): Prepared | Promise<Prepared> {
  const { params } = asked;
  if (params.headers === undefined && params.body === undefined) return plain(settings);
  const headers: Record<string, string> = { 'User-Agent': settings.userAgent };
  for (const [name, value] of Object.entries(params.headers ?? {})) headers[canonicalName(name)] = value;
  const { content, multipart } = contentOf(asked);
  if (multipart !== undefined) headers['Content-Type'] ??= multipart;
  if (params.compression !== undefined && params.compression.length > 0 && content !== undefined)
    return compressed(asked, headers, content);
  return { ...finished(asked, headers, content), shown: shownOf(multipart, content) };
}

const plainOnes = new WeakMap<HttpSettings, Prepared>();

function plain(settings: HttpSettings): Prepared {
  const known = plainOnes.get(settings);
  if (known) return known;
  const made = { headers: { 'User-Agent': settings.userAgent }, body: undefined, warning: undefined, shown: {} };
  plainOnes.set(settings, made);
  return made;
}

function shownOf(multipart: string | undefined, content: string | Uint8Array | undefined): Prepared['shown'] {
  return multipart === undefined
    ? {}
    : { sentHeaders: { 'Content-Type': multipart }, sentBody: Buffer.from(content as Uint8Array).toString() };
}

async function compressed(
  asked: ParsedRequest,
  headers: Record<string, string>,
  content: string | Uint8Array,
): Promise<Prepared> {
  const compressions = asked.params.compression ?? [];
  const encoding = compressions.join(', ');
  const given = headers['Content-Encoding'];
  const mismatch =
    given !== undefined && given !== encoding
      ? {
          message: `the request has the header Content-Encoding "${given}", which stays, though its body is compressed with "${encoding}"`,
        }
      : undefined;
  headers['Content-Encoding'] ??= encoding;
  const prepared = finished(asked, headers, await encode(content, compressions));
  return {
    ...prepared,
    warning: mismatch ?? prepared.warning,
    shown: { sentHeaders: { 'Content-Encoding': headers['Content-Encoding'] } },
  };
}

function finished(
  asked: ParsedRequest,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
): Omit<Prepared, 'shown'> {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const given = headers['Content-Length'];
  for (const name of Object.keys(headers)) if (unplayed.has(name)) throw notPlayed(`the request header \`${name}\``);
  const warning =
    given !== undefined && Number(given) !== length
      ? {
          message: `${asked.method} ${asked.url}: the header Content-Length says ${JSON.stringify(given)} of a body of ${length} bytes, and is not sent`,
        }
      : undefined;
  const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !unsent.has(name)));
  return { headers: sent, body, warning };
}

/** An error that ends the run, because the engine cannot do what the script asks for. */
export function notPlayed(feature: string): Error {
  return Object.assign(new Error(`${feature} is not played by the embedded engine`), { name: 'NotPlayed' });
}

function contentOf({ params, body }: ParsedRequest): { content: string | Uint8Array | undefined; multipart?: string } {
  const wanted = params.body;
  if (wanted === undefined || wanted === 'text') return { content: body };
  if ('base64' in wanted) return { content: Buffer.from(wanted.base64, 'base64') };
  const boundary = randomBytes(30).toString('hex');
  return { content: multipartOf(wanted.parts, boundary), multipart: `multipart/form-data; boundary=${boundary}` };
}

/** https://www.rfc-editor.org/rfc/rfc7578 */
function multipartOf(parts: readonly FormPart[], boundary: string): Buffer {
  const chunks = parts.flatMap(({ name, content, file }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${file ? name : escaped(name)}"`),
    Buffer.from(file ? `; filename="${escaped(file.name)}"\r\nContent-Type: ${file.type}` : ''),
    Buffer.from('\r\n\r\n'),
    typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64'),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
}

const escaped = (name: string): string => name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
