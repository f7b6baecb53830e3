import { Agent, type Dispatcher, errors, request } from 'undici';
import { isOfTls } from '../../backends/http.ts';
import { redactor } from '../../backends/redactor.ts';
import { revealed } from '../../backends/secret.ts';
import { messageOf } from '../../errors.ts';
import type { Encoding } from '../otlp/decode.ts';
import type { Destination } from './destination.ts';
import { responseMessage, statusMessage } from './messages.ts';
import { retryAfterMs } from './pauses.ts';

/** What became of one attempt. */
export type Outcome =
  | { readonly is: 'delivered'; readonly rejected: number; readonly trouble?: string }
  /** To be sent again, after `afterMs` where the backend said so. */
  | { readonly is: 'put-off'; readonly afterMs: number | undefined; readonly trouble: string }
  /** For good. */
  | { readonly is: 'refused'; readonly trouble: string };

/** Sends one request; never rejects. */
export interface Sender {
  send(url: string, body: Buffer, stop: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes; so is a connection that fails. */
const putOff: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const maxAnswerBytes = 64 * 1024;

export function sender(
  destination: Pick<Destination, 'encoding' | 'gzip' | 'headers'>,
  { attemptMs, now }: { readonly attemptMs: number; readonly now: () => number },
): Sender {
  const agent = new Agent({ connections: 4, headersTimeout: attemptMs, bodyTimeout: attemptMs });
  const { encoding, gzip } = destination;
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  const redact = redactor(destination.headers);

  function headers(): Record<string, string> {
    const own = Object.entries(revealed(destination.headers)).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      accept: '*/*',
      'user-agent': 'showrunner',
      'content-type': type,
      ...(gzip && { 'content-encoding': 'gzip' }),
      ...Object.fromEntries(own),
    };
  }

  return {
    async send(url, body, stop) {
      const { origin } = new URL(url);
      try {
        const timeout = AbortSignal.timeout(attemptMs);
        const signal = AbortSignal.any([stop, timeout]);
        const response = await request(url, { dispatcher: agent, method: 'POST', headers: headers(), body, signal });
        const answer = await read(response);
        return outcomeOf(response, answer, {
          encoding,
          now: now(),
          said(text) {
            const line = oneLine(redact(text));
            return `${origin} answered ${response.statusCode}${line && `: ${line}`}`;
          },
        });
      } catch (error) {
        const trouble = unreachable(origin, error, { attemptMs, redact });
        // A header or URL that cannot be sent stays one.
        if (error instanceof errors.InvalidArgumentError) return { is: 'refused', trouble };
        return { is: 'put-off', afterMs: undefined, trouble };
      }
    },
    close: () => agent.destroy(),
  };
}

interface Answered {
  readonly encoding: Encoding;
  readonly now: number;
  /** What is told of an answer with this text, on one line and without secrets. */
  said(text: string): string;
}

function outcomeOf(response: Dispatcher.ResponseData, answer: Buffer, { encoding, now, said }: Answered): Outcome {
  const { statusCode: status, headers } = response;
  const type = String(headers['content-type'] ?? '');
  if (putOff.has(status)) {
    const afterMs = retryAfterMs(headers['retry-after']?.toString(), now);
    return { is: 'put-off', afterMs, trouble: said(reasonOf(type, answer)) };
  }
  if (status < 200 || status >= 300) {
    const where =
      status < 400 ? 'a redirect, which is not followed; write the URL it leads to' : reasonOf(type, answer);
    return { is: 'refused', trouble: said(where) };
  }
  if (/html/i.test(type)) return { is: 'refused', trouble: said('a web page; is this the URL of an OTLP receiver?') };
  const { rejected, message } = partialSuccess(type || encoding, answer);
  const left = `${rejected} records refused${message && `: ${message}`}`;
  return { is: 'delivered', rejected, ...(rejected > 0 && { trouble: said(left) }) };
}

/** https://opentelemetry.io/docs/specs/otlp/#partial-success-1; an answer that is none of OTLP's refuses nothing. */
function partialSuccess(type: string, answer: Buffer): { readonly rejected: number; readonly message: string } {
  const { rejected, rejectedSpans, rejectedLogRecords, rejectedDataPoints, errorMessage } = fieldsOf(
    fieldsOf(parsed(type, answer, responseMessage))['partialSuccess'],
  );
  const count = Number(rejected ?? rejectedSpans ?? rejectedLogRecords ?? rejectedDataPoints ?? 0);
  return { rejected: count > 0 ? count : 0, message: typeof errorMessage === 'string' ? errorMessage : '' };
}

/** The message of a google.rpc.Status, else the text itself. */
function reasonOf(type: string, answer: Buffer): string {
  const { message } = fieldsOf(parsed(type, answer, statusMessage));
  if (typeof message === 'string') return message;
  return /protobuf|html/i.test(type) ? '' : answer.toString('utf8');
}

function parsed(type: string, answer: Buffer, message: typeof statusMessage): unknown {
  try {
    if (/json/i.test(type)) return JSON.parse(answer.toString('utf8')) as unknown;
    return /protobuf/i.test(type) ? message.toObject(message.decode(answer), { longs: String }) : {};
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

async function read(response: Dispatcher.ResponseData): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks);
}

function unreachable(
  origin: string,
  error: unknown,
  { attemptMs, redact }: { readonly attemptMs: number; redact(text: string): string },
): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `${origin} gave no answer within ${attemptMs} ms`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isOfTls(code)) return `no secure connection to ${origin} (${code})`;
  return `${origin} cannot be reached: ${oneLine(redact(messageOf(error))) || code}`;
}
