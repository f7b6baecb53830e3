import { expect, test } from 'vitest';
import type { z } from 'zod';
import { Secret } from '../../../orchestrator/backends/secret.ts';
import { backendUrl, headersSetting, otlpBaseUrl } from '../../../orchestrator/backends/settings.ts';

const messages = (schema: z.ZodType, value: unknown): readonly string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

test.each(['http://127.0.0.1:4318', 'https://apm.test/base/', 'HTTP://[::1]:1', 'http://a/x@y'])(
  '%s is a URL',
  (url) => {
    expect(messages(otlpBaseUrl, url)).toEqual([]);
  },
);

test.each([
  ['ftp://a', 'not a URL of HTTP'],
  ['hunter2', 'not a URL of HTTP'],
  [undefined, 'not a URL of HTTP'],
  ['http://user:hunter2@a', 'a user and a password'],
  ['http://hunter2@a', 'a user and a password'],
  ['http:user:hunter2@a', 'URL'],
  ['http://a?key=hunter2', 'without `?`'],
  ['http://a/#hunter2', 'without `?`'],
])('%s is none: %s', (url, why) => {
  const said = messages(backendUrl, url).join();
  expect(said).toContain(why);
  expect(said).not.toContain('hunter2');
});

test.each(['http://a/v1/traces', 'http://a/otlp/v1/logs/', 'http://a/V1/metrics'])('%s is no base', (url) => {
  expect(messages(otlpBaseUrl, url)).toEqual([expect.stringContaining('the base')]);
  expect(messages(backendUrl, url)).toEqual([]);
});

test.each([
  'authorization',
  'X-Auth',
  'sentry-dsn',
  'x-honeycomb-team',
  'License',
  'passphrase',
  'x-token',
  'Api-Key',
  'client-secret',
  'Cookie',
])('%s is a key, and is not written in clear', (name) => {
  expect(headersSetting.safeParse({ [name]: 'hunter2' }).error?.issues).toMatchObject([
    { path: [name], message: 'a secret is not written here: write {env: NAME} or {file: path}' },
  ]);
  expect(messages(headersSetting, { [name]: new Secret('hunter2') })).toEqual([]);
});

test('any other header may be plain text that a header can carry', () => {
  expect(messages(headersSetting, { 'x-org': 'shop', 'X-Scope-OrgID': 'a|b' })).toEqual([]);
  expect(messages(headersSetting, { 'x org': 'shop', '': 'x', 'x-org': 'a\nb' })).toEqual([
    'not a name of a header',
    'not a name of a header',
    'not a value that a header can carry',
  ]);
});
