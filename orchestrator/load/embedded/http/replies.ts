import { STATUS_CODES } from 'node:http';
import { statusCode, timingsOf } from './samples.ts';
import type { Outcome } from './exchange.ts';
import { textHeaders } from './headers.ts';
import type { RequestFailure } from './failures.ts';
import { noReply, replyText, type ResponseType, type Warning, type WireReply } from '../k6/http/wire.ts';

/** The last answer of a request: what the script gets. */
export interface Arrival {
  readonly outcome: Outcome;
  readonly url: string;
  readonly body: Buffer | undefined;
  readonly failure: RequestFailure | undefined;
  readonly warning: Warning | undefined;
}

/** The reply to a request that could not even be made out of what the script says. */
export function failedText(error: string, errorCode: number): string {
  return replyText(0, { ...noReply, error, errorCode, problem: error }, '');
}

type Shown = Pick<WireReply, 'sentCookies' | 'sentHeaders' | 'sentBody'>;

export function replyOf(arrival: Arrival, responseType: ResponseType | undefined, shown: Shown): string {
  const { outcome, failure, body, warning } = arrival;
  const isBinary = responseType === 'binary';
  const reply = {
    ...(failure ? failedReply(arrival, failure) : answeredReply(arrival)),
    body: body === undefined ? 'null' : isBinary ? 'base64' : 'text',
    timings: timesOf(outcome),
    warning,
    ...shown,
  } as const;
  return replyText(failure ? 0 : outcome.status, reply, body?.toString(isBinary ? 'base64' : 'utf8') ?? '');
}

type Told = Omit<WireReply, 'body' | 'timings'>;

function answeredReply({ outcome, url }: Arrival): Told {
  const { status, peer } = outcome;
  const code = statusCode(status);
  return {
    url,
    statusText: statusText(status, outcome.statusText),
    proto: peer?.http2 ? 'HTTP/2.0' : 'HTTP/1.1',
    ip: peer?.ip ?? '',
    port: peer?.port ?? 0,
    headers: textHeaders(outcome.headers),
    errorCode: code === 0 ? undefined : code,
    tlsVersion: peer?.tls?.version,
    tlsCipher: peer?.tls?.cipher,
  };
}

function failedReply({ outcome, url }: Arrival, failure: RequestFailure): Told {
  const { ip = '', port = 0 } = outcome.peer ?? {};
  const { code, short, message } = failure;
  return { ...noReply, url, ip, port, error: short, errorCode: code, problem: message };
}

function timesOf(outcome: Outcome): readonly number[] {
  const { blocked, connecting, tls, sending, waiting, receiving } = timingsOf(outcome);
  return [blocked, connecting, tls, sending, waiting, receiving].map(rounded);
}

/** HTTP/2 has no text. */
const statusText = (status: number, text: string): string => `${status} ${text || (STATUS_CODES[status] ?? '')}`.trim();

/** To microseconds, which keeps the JSON short. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
