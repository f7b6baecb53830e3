import { request } from 'undici';

const silenceMs = 5000;
const firstPauseMs = 250;
const longestPauseMs = 4000;

export interface FlagStreamHandler {
  /** A whole flagd document. */
  onDocument(text: string): void;
  /** The source is gone: closed, unreachable, or silent for 5 s. */
  onGone(reason: unknown): void;
}

/** Follows the stream of server-sent events at `url` and reconnects with growing pauses; returns how to stop. */
export function followFlags(url: string, handler: FlagStreamHandler): () => Promise<void> {
  const stop = new AbortController();
  const following = follow(url, handler, stop.signal);
  return async () => {
    stop.abort();
    await following;
  };
}

async function follow(url: string, handler: FlagStreamHandler, signal: AbortSignal): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      await readStream(url, signal, (document) => {
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

async function readStream(url: string, signal: AbortSignal, onDocument: (text: string) => void): Promise<void> {
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
