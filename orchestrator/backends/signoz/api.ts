import { z } from 'zod';
import { type HttpAnswer, type HttpClient, httpClient, type HttpRequest, NoAnswer } from '../http.ts';
import { logIn } from './login.ts';
import type { Settings } from './settings.ts';

/** What SigNoz says, read by a schema. Whatever keeps it from an answer is a NoAnswer. */
export interface SignozApi {
  readonly name: string;
  /** Endpoints that write their answer as it is. */
  bare<T>(path: string, schema: z.ZodType<T>, request?: HttpRequest): Promise<T>;
  /** Endpoints that put it into `{status: 'success', data}`. */
  data<T>(path: string, schema: z.ZodType<T>, request?: HttpRequest): Promise<T>;
  /** The same; or what it has against the question, where the status is one of `request.accept`. */
  dataOrError<T>(path: string, schema: z.ZodType<T>, request: HttpRequest): Promise<{ data: T } | { error: ApiError }>;
}

export interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
}

const errorSchema = z
  .object({
    status: z.literal('error'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      errors: z.array(z.object({ message: z.string() })).nullish(),
    }),
  })
  .transform(({ error: { code, message, errors } }): ApiError => ({
    code,
    message,
    details: (errors ?? []).map((detail) => detail.message),
  }));

export function signozApi(name: string, settings: Settings, answerMs: number): SignozApi {
  const ask = asking(name, settings, answerMs);

  async function json(
    path: string,
    request: HttpRequest,
  ): Promise<{ readonly status: number; readonly value: unknown }> {
    const { status, text } = await ask(path, request);
    try {
      return { status, value: JSON.parse(text) as unknown };
    } catch (error) {
      throw nonsense(name, path, { cause: error, what: `not JSON: ${text.slice(0, 80)}` });
    }
  }

  function read<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    throw nonsense(name, path, { cause: error, what: z.prettifyError(error).replaceAll(/\s+/g, ' ') });
  }

  const api: SignozApi = {
    name,
    bare: async (path, schema, request = {}) => read(path, schema, (await json(path, request)).value),
    async data(path, schema, request = {}) {
      const { value } = await json(path, request);
      return read(path, z.object({ status: z.literal('success'), data: schema }), value).data;
    },
    async dataOrError(path, schema, request) {
      const { status, value } = await json(path, request);
      if (request.accept?.includes(status)) return { error: read(path, errorSchema, value) };
      return { data: read(path, z.object({ status: z.literal('success'), data: schema }), value).data };
    },
  };
  return api;
}

/** Something that SigNoz does not say: another product, another version, or a part of an answer. */
export function nonsense(
  name: string,
  path: string,
  { what, cause }: { readonly what: string; readonly cause?: unknown },
): NoAnswer {
  return new NoAnswer(
    'backend-nonsense',
    `${name} answered ${path} with something else than SigNoz does: ${what.slice(0, 300)}`,
    {
      hint: 'check that the URL is that of SigNoz, 0.138 or later, and not of a page in front of it',
      cause,
    },
  );
}

type Ask = (path: string, request: HttpRequest) => Promise<HttpAnswer>;

/** With a key in a header, as a user who logs in, or as nobody where the server asks for neither. */
function asking(name: string, { url, apiKey, login }: Settings, answerMs: number): Ask {
  const headers = apiKey === undefined ? {} : { 'signoz-api-key': apiKey };
  const client = httpClient({ name, url, answerMs, headers });
  if (login === undefined) return (path, request) => client.text(path, request);
  return asUser(async () => {
    const authorization = await logIn(client, { name, url, ...login });
    return httpClient({ name, url, answerMs, headers: { authorization } });
  });
}

/** One session for all questions; a question that it has ended for is asked once more in a new one. */
function asUser(open: () => Promise<HttpClient>): Ask {
  let session: Promise<HttpClient> | undefined;

  function current(): Promise<HttpClient> {
    if (session) return session;
    const opened = open();
    session = opened;
    opened.catch(() => forget(opened));
    return opened;
  }

  function forget(ended: Promise<HttpClient>): void {
    if (session === ended) session = undefined;
  }

  return async (path, request) => {
    const used = current();
    const client = await used;
    try {
      return await client.text(path, request);
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.status !== 401) throw error;
      forget(used);
    }
    return (await current()).text(path, request);
  };
}
