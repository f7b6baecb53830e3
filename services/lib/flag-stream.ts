import { request } from 'undici';
import { pause } from './pause.ts';

const firstPauseMs = 250;
const longestPauseMs = 4000;

export interface FlagStreamHandler {
  /** A whole flagd document. */
  onDocument(text: string): void;
  /** The source is gone: closed, unreachable, or silent for too long (5 s, unless told otherwise). */
  onGone(reason: unknown): void;
}

/** Follows the stream of server-sent events at `url` and reconnects with growing pauses; returns how to stop. */
export function followFlags(
  url: string,
  handler: FlagStreamHandler,
  { silenceMs } = { silenceMs: 5000 },
): () => Promise<void> {
  const stop = new AbortController();
  const following = follow({ url, silenceMs, signal: stop.signal }, handler);
  return async () => {
    stop.abort();
    await following;
  };
}

interface Source {
  readonly url: string;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

async function follow(source: Source, handler: FlagStreamHandler): Promise<void> {
  const { signal } = source;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      await readStream(source, (document) => {
        pauseMs = firstPauseMs;
        handler.onDocument(document);
      });
      handler.onGone('closed');
    } catch (error) {
      if (!signal.aborted) handler.onGone(error);
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readStream({ url, silenceMs, signal }: Source, onDocument: (text: string) => void): Promise<void> {
  // The source sends at least a comment a second, so a silent body is a dead source.
  const { statusCode, body } = await request(url, {
    headers: { accept: 'text/event-stream' },
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    signal,
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the flag source answered ${statusCode}`);
  }
  let unread = '';
  body.setEncoding('utf8');
  for await (const chunk of body as AsyncIterable<string>) {
    const lines = (unread + chunk).split(/\r?\n/);
    unread = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:')) onDocument(line.slice('data:'.length).trim());
  }
}
