import { callHost } from '../bridge.ts';
import { GoError } from '../go-error.ts';
import { BadRequest, type Asked } from './params.ts';
import { Reply } from './reply.ts';
import type { Response } from './response.ts';
import { noReply, replyText, type Warning } from './wire.ts';

let throwing: boolean | undefined;

/** Option `throw` of the test. */
export function throws(): boolean {
  throwing ??= (callHost('http.settings') as { readonly throws: boolean }).throws;
  return throwing;
}

export function warn({ message, fields }: Warning): void {
  callHost('log', { level: 'warn', message, fields });
}

export function responseOf(text: string, asked?: Asked): Response {
  const reply = new Reply(text, asked);
  const { warning } = reply;
  if (warning !== undefined) warn(warning);
  return reply.response();
}

/** What the engine throws where a script wants it thrown; a script may ask whether it is a GoError. */
export function thrown(error: unknown): unknown {
  return error instanceof Error && error.name === 'GoError' ? new GoError(error.message) : error;
}

/** What a request gives that could not be made: an answer with the error, or the error where the test wants it thrown. */
export function badRequest(error: unknown): Response {
  if (!(error instanceof BadRequest) || throws()) throw error;
  warn({ message: 'Request Failed', fields: { error: error.message } });
  return failed(error);
}

/** The answer of a request that could not be made, or was not tried because of another. */
export function failed(error: GoError | undefined): Response {
  const code = error instanceof BadRequest ? error.code : 0;
  const told = { ...noReply, error: error?.message ?? '', ...(code !== 0 && { errorCode: code }) };
  return new Reply(replyText(0, told, '')).response();
}
