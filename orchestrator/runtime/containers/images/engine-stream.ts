import { messageOf, ShowrunnerError } from '../../../errors.ts';
import { failure } from '../engine.ts';

/** One line of what the engine says while it builds, pulls or loads. */
export interface EngineEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Reads the engine's answer to its end. Throws an Error with the engine's own words when it reports one. */
export async function follow(
  answer: NodeJS.ReadableStream,
  on: (event: EngineEvent) => void = () => {},
): Promise<void> {
  let rest = '';
  const read = (line: string): void => {
    if (line.trim() === '') return;
    const event = JSON.parse(line) as EngineEvent;
    if (event.error !== undefined) throw new Error(event.error);
    on(event);
  };
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) read(line);
  }
  read(rest);
}

const causes = [
  {
    code: 'disk-full',
    mark: /no space left on device|ENOSPC/i,
    hint: 'free some space where the engine keeps its images (`docker system df` shows what takes it), then try again',
  },
  {
    code: 'engine-permission',
    mark: /permission denied|EACCES|operation not permitted/i,
    hint: 'the engine or this user may not do that: see `docker info` and the rights of the files named',
  },
  {
    code: 'image-architecture',
    mark: /exec format error|does not match the specified platform|no matching manifest/i,
    hint: 'the engine runs another kind of machine: bring images that were made on one (`showrunner images save`, then `showrunner images load`)',
  },
  {
    code: 'no-engine',
    mark: /ECONNREFUSED|ECONNRESET|ENOENT.*sock|socket hang up|EPIPE|aborted/,
    hint: 'the engine has ended meanwhile: start it again (`sudo systemctl start docker`), then try again',
  },
];

/** What was thrown while the engine worked on an image, as an error for the user. */
export function imageFailure(
  error: unknown,
  what: string,
  otherwise: { readonly code: string; readonly hint: string },
): ShowrunnerError {
  if (error instanceof ShowrunnerError) return error;
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = causes.find(({ mark }) => mark.test(`${code} ${message}`)) ?? otherwise;
  return failure(known.code, `${what}: ${message}`, { hint: known.hint, cause: error });
}
