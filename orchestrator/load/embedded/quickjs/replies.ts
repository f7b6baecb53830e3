import type { ScriptError } from '../protocol.ts';
import { ScriptFailure } from '../vu-host.ts';

/** What the guest is answered: a letter that says what follows, and that, or a request's reply alone; undefined for nothing. The guest's side is `valueOf` in `k6/bridge.ts`. */
export type Reply = string | undefined;

/** The call is to end. */
export const interrupted = 'i';

export function replyOf(value: unknown): Reply {
  if (value === undefined || value === null) return undefined;
  // A text is handed over up to its first NUL.
  if (typeof value === 'string' && !value.includes('\0')) return `t${value}`;
  return `j${JSON.stringify(value)}`;
}

/** A request's reply goes as it is: it does not begin with a letter. */
export function requestReply(text: unknown): Reply {
  return typeof text === 'string' && !text.includes('\0') ? text : replyOf(text);
}

export function errorReply(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return `e${JSON.stringify({ name, message })}`;
}

/** What stopped the script; a RangeError or a RuntimeError of V8 where it needed more than its interpreter can give. */
export function scriptErrorOf(error: unknown): ScriptError {
  if (error instanceof ScriptFailure) return error.error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack: '' };
}
