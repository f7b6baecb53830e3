import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../../orchestrator/backends/backend.ts';
import { NoAnswer } from '../../../../orchestrator/backends/http.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { signoz } from '../../../../orchestrator/backends/signoz/adapter.ts';
import { signozBackend } from '../../../../orchestrator/backends/signoz/backend.ts';
import { settings } from '../../../../orchestrator/backends/signoz/settings.ts';
import { startSignozStandIn } from '../../../support/signoz-stand-in/index.ts';
import { canned, type CannedAnswer } from './canned.ts';

const window = { from: 1_755_684_000_000, to: 1_755_684_060_000 };
const marker = 'marker-5e3f-must-not-be-seen';
const key = new Secret(marker);
const login = { email: 'demo@example.com', password: key };

async function withStandIn(
  ask: (backend: Backend, standIn: Awaited<ReturnType<typeof startSignozStandIn>>) => Promise<void>,
) {
  const standIn = await startSignozStandIn({ login: { email: login.email, password: marker } });
  try {
    await ask(signozBackend('signoz', { url: standIn.url, login }), standIn);
  } finally {
    await standIn.close();
  }
}

describe('a login', () => {
  test('is one for all questions, and renewed once when it has ended', async () => {
    await withStandIn(async (backend, standIn) => {
      await Promise.all([1, 2, 3].map(() => backend.errors(window, {})));
      expect(standIn.logins).toBe(1);
      standIn.expireSessions();
      await Promise.all([1, 2, 3].map(async () => expect(await backend.errors(window, {})).toEqual([])));
      expect(standIn.logins).toBe(2);
    });
  });

  test('that is refused says so, and is tried again by the next question', async () => {
    await withStandIn(async (_, standIn) => {
      for (const wrong of [
        { email: 'nobody@example.com', password: key },
        { email: login.email, password: new Secret('wrong') },
      ]) {
        const backend = signozBackend('signoz', { url: standIn.url, login: wrong });
        await expect(backend.errors(window, {})).rejects.toMatchObject({ code: 'backend-unauthorised' });
        const before = standIn.asked.length;
        await expect(backend.errors(window, {})).rejects.toMatchObject({ code: 'backend-unauthorised' });
        expect(standIn.asked.length).toBeGreaterThan(before);
      }
    });
  });

  test('that does not help is not tried for ever', async () => {
    const server = await canned(({ path }): CannedAnswer => {
      if (path.endsWith('/context'))
        return { body: { status: 'success', data: { exists: true, orgs: [{ id: 'o' }] } } };
      if (path.endsWith('/email_password')) return { body: { status: 'success', data: { accessToken: 'token' } } };
      return { status: 401, body: 'no' };
    });
    const backend = signozBackend('signoz', { url: server.url, login });
    await expect(backend.version()).rejects.toMatchObject({ code: 'backend-unauthorised' });
    expect(server.asked.filter(({ path }) => path.endsWith('/email_password'))).toHaveLength(2);
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer token');
  });
});

test('a key goes into its header, and nothing where nobody has to log in', async () => {
  const server = await canned(() => ({ body: { version: 'v0.138.0', ee: 'Y', setupCompleted: true } }));
  expect(await signozBackend('signoz', { url: server.url, apiKey: key }).version()).toBe('v0.138.0');
  await signozBackend('signoz', { url: server.url }).version();
  expect(server.asked.map(({ headers }) => headers['signoz-api-key'])).toEqual([marker, undefined]);
});

const troubles: Readonly<Record<string, readonly [answer: CannedAnswer, code: string]>> = {
  'a wrong key': [{ status: 401, body: '{"status":"error"}' }, 'backend-unauthorised'],
  'a key without the right': [{ status: 403, body: '{}' }, 'backend-forbidden'],
  'too many questions': [{ status: 429, headers: { 'retry-after': '7' }, body: '{}' }, 'backend-rate-limited'],
  'a server in trouble': [{ status: 503, body: 'starting' }, 'backend-failed'],
  'a page of another product': [{ body: '<!doctype html><title>Welcome</title>' }, 'backend-nonsense'],
  'JSON of another product': [{ body: { hits: [] } }, 'backend-nonsense'],
  'a login page': [{ status: 302, headers: { location: '/login' }, body: '' }, 'backend-unauthorised'],
  'an old version': [{ status: 404, body: '404 page not found' }, 'backend-not-found'],
};

const askAll = (backend: Backend): Readonly<Record<string, () => Promise<unknown>>> => ({
  version: () => backend.version(),
  endpoints: () => backend.endpoints(window, {}),
  queries: () => backend.queries(window, {}),
  traces: () => backend.traces(window, { limit: 1 }),
  errors: () => backend.errors(window, {}),
  dependencies: () => backend.dependencies(window),
  tendency: () => backend.tendency(window, { service: 'a', bad: { error: true } }),
  logs: () => backend.logs(window, { limit: 1 }),
  metrics: () => backend.metrics(window, { name: 'a' }),
});

describe.each(Object.entries(troubles))('%s', (_, [answer, code]) => {
  test('is no answer to any question, and shows no key', async () => {
    const server = await canned(() => answer);
    const checked = settings.parse({ url: server.url, apiKey: key });
    const backend = signozBackend('signoz', checked);
    for (const [question, ask] of Object.entries(askAll(backend))) {
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect(error, question).toBeInstanceOf(NoAnswer);
      if (question !== 'metrics') expect(error, question).toMatchObject({ code });
      shows(error, backend, checked);
    }
  });
});

test('a pause that is asked for is told', async () => {
  const server = await canned(() => ({ status: 429, headers: { 'retry-after': '7' }, body: '{}' }));
  const backend = signozBackend('signoz', { url: server.url });
  await expect(backend.endpoints(window, {})).rejects.toMatchObject({ retryAfterMs: 7000 });
});

test('a password is not shown, not even by a server that says it again', async () => {
  const server = await canned(({ path, body }): CannedAnswer => {
    if (path.endsWith('/context')) return { body: { status: 'success', data: { orgs: [{ id: 'o' }] } } };
    return { status: 401, body };
  });
  const checked = settings.parse({ url: server.url, login });
  const backend = signozBackend('signoz', checked);
  const error: unknown = await backend.version().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'backend-unauthorised' });
  shows(error, backend, checked);
});

/** Fails where any of these prints the secret. */
function shows(...printed: readonly unknown[]): void {
  for (const one of printed) {
    const texts = [inspect(one, { depth: 20, showHidden: true }), JSON.stringify(one), String(one)];
    if (one instanceof Error) texts.push(one.message, one.stack ?? '');
    for (const text of texts) expect(text).not.toContain(marker);
  }
}

function problems(given: object): string {
  const { issues = [] } = signoz.settings.safeParse(given).error ?? {};
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

describe('settings', () => {
  test('what is wrong is told', () => {
    const url = 'http://localhost:8080';
    expect(problems({ url, apiKey: key, otlp: 'http://localhost:4318' })).toBe('');
    expect(problems({ url, apiKey: key, login })).toContain('login: an API key and a login');
    expect(problems({ url, ingestionKey: key })).toContain('otlp: an ingestion key');
    expect(problems({ url, apiKey: marker })).toContain('{env: NAME}');
    expect(problems({ url: `http://demo:${marker}@localhost` })).toContain('url: a user and a password');
    expect(problems({ url: `http://demo:${marker}@localhost` })).not.toContain(marker);
    expect(problems({ url: 'localhost' })).toContain('url');
    expect(problems({ url, key: 1 })).toContain('key');
  });

  test('everything is sent where it is taken, with the ingestion key', () => {
    expect(signoz.destination({ url: 'http://localhost:8080' })).toBeUndefined();
    expect(
      signoz.destination({
        url: 'https://x.signoz.cloud',
        otlp: 'https://ingest.eu.signoz.cloud:443/',
        ingestionKey: key,
      }),
    ).toEqual({
      urls: {
        traces: 'https://ingest.eu.signoz.cloud:443/v1/traces',
        logs: 'https://ingest.eu.signoz.cloud:443/v1/logs',
        metrics: 'https://ingest.eu.signoz.cloud:443/v1/metrics',
      },
      headers: { 'signoz-ingestion-key': key },
      encoding: 'protobuf',
      gzip: true,
      maxRequestBytes: 4_194_304,
    });
  });

  test('it is waited for as long as its collector takes, or as long as is written', () => {
    const pace = { delayMs: 15_000, answerMs: 15_000, everyMs: 2000 };
    expect(signozBackend('signoz', { url: 'http://localhost' }).pace).toEqual(pace);
    expect(signozBackend('signoz', { url: 'http://localhost', delayMs: 0 }).pace).toEqual({ ...pace, delayMs: 0 });
  });
});
