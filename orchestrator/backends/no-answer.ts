import { ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** Why a backend gave no answer. `code` is stable; the hint says what to do. A verdict on it is `unverified`. */
export class NoAnswer extends ShowrunnerError {
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** What the backend wants us to wait, where it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: NoAnswerCode,
    message: string,
    { hint, status, retryAfterMs, cause }: { hint?: string; status?: number; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code, message, { ...(hint !== undefined && { hint }), exitCode: exitCodes.environment, cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export type NoAnswerCode =
  | 'backend-unreachable'
  | 'backend-tls'
  | 'backend-unauthorised'
  | 'backend-forbidden'
  | 'backend-not-found'
  | 'backend-rejected'
  | 'backend-rate-limited'
  | 'backend-failed'
  | 'backend-slow'
  | 'backend-cut'
  | 'backend-nonsense'
  | 'backend-too-much';
