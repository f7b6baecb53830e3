import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otlp } from '../../../../orchestrator/backends/otlp/adapter.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../../orchestrator/telemetry/store.ts';

let store: TelemetryStore;
beforeAll(async () => {
  store = await openTelemetryStore();
});
afterAll(() => store.close());

const settings = (given: object) => otlp.settings.parse(given);
const problems = (given: object) =>
  otlp.settings.safeParse(given).error?.issues.map(({ path, message }) => [path, message]);

describe('where it is sent', () => {
  it('is under the base of the URL', () => {
    for (const url of ['http://a:4318', 'http://a:4318/'])
      expect(otlp.destination(settings({ url }))).toEqual({
        urls: { traces: 'http://a:4318/v1/traces', logs: 'http://a:4318/v1/logs', metrics: 'http://a:4318/v1/metrics' },
        headers: {},
        encoding: 'protobuf',
        gzip: true,
        maxRequestBytes: 4 * 1024 * 1024,
      });
    expect(otlp.destination(settings({ url: 'https://a/otlp' }))?.urls.traces).toBe('https://a/otlp/v1/traces');
  });

  it('is what is written for each signal, and only for those', () => {
    const key = new Secret('k');
    const given = {
      url: { traces: 'http://a/x' },
      headers: { 'x-org': 'shop', 'api-key': key },
      encoding: 'json',
      gzip: false,
    };
    expect(otlp.destination(settings(given))).toEqual({
      ...given,
      urls: { traces: 'http://a/x' },
      url: undefined,
      maxRequestBytes: 4 * 1024 * 1024,
    });
  });
});

it.each([
  [{}, [[['url'], 'Invalid input']]],
  [{ url: 'ftp://a' }, [[['url'], 'not a URL of HTTP']]],
  [{ url: {} }, [[['url'], 'Invalid input']]],
  [{ url: { logs: 'http://a/x' } }, [[['url'], 'Invalid input']]],
  [
    { url: 'http://a', headers: { 'X-Api-Key': 'k', a: 'b' } },
    [[['headers', 'X-Api-Key'], expect.stringContaining('{env: NAME}')]],
  ],
])('%j is refused', (given, expected) => {
  expect(problems(given)).toEqual(expected);
});

it('cannot be asked, and says whose answers it gives', async () => {
  const backend = otlp.open(settings({ url: 'http://a' }), { name: 'screen', store });
  expect(backend).toMatchObject({ name: 'screen', judgedBy: 'embedded' });
  expect(await backend.version()).toBe('display only');
  expect(await backend.endpoints({ from: 0, to: 1 }, {})).toEqual([]);
});
