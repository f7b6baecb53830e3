import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Adapter } from '../../../orchestrator/backends/adapter.ts';
import { embedded } from '../../../orchestrator/backends/embedded/adapter.ts';
import { otlp } from '../../../orchestrator/backends/otlp/adapter.ts';
import { type Secret, secretSetting } from '../../../orchestrator/backends/secret.ts';
import type { ConfiguredBackend } from '../../../orchestrator/config/config.ts';
import { loadConfig, type LoadedConfig } from '../../../orchestrator/config/load-config.ts';

const settings = {
  jaeger: z.strictObject({ url: z.url().default('http://127.0.0.1:16686'), spm: z.boolean().default(false) }),
  mackerel: z.strictObject({
    apiKey: secretSetting.meta({ description: 'API key with the permission to read.' }),
    writeKey: secretSetting.optional(),
    url: z.url().default('https://api.mackerelio.com'),
    services: z.array(z.string().min(1)).default(['storefront']),
    links: z.strictObject({ trace: z.string().optional() }).default({}),
    delayMs: z.number().nonnegative().default(20_000),
    mode: z.enum(['fast', 'exact']).default('exact'),
  }),
};

function kind<Settings>(schema: z.ZodType<Settings>, programs?: Adapter['programs']): Adapter {
  const { how, open } = embedded;
  return { settings: schema, how, remarks: {}, destination: () => undefined, open, ...(programs && { programs }) };
}

const adapters = { embedded, otlp, jaeger: kind(settings.jaeger, []), mackerel: kind(settings.mackerel) };

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-config-'));
  await writeFile(join(dir, 'key'), 'marker-of-file\n');
  await writeFile(join(dir, 'empty'), '\n');
  await writeFile(join(dir, 'two-lines'), 'marker-one\nmarker-two\n');
  await writeFile(join(dir, 'huge'), 'marker'.repeat(20_000));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const load = (text: string, env: Record<string, string> = {}): Promise<LoadedConfig> =>
  loadConfig({ file: 'showrunner.yaml', text }, adapters, { env, dir });

async function backendsOf(text: string, env: Record<string, string> = {}) {
  const { config, problems } = await load(text, env);
  expect(problems).toEqual([]);
  return config?.backends ?? {};
}

function settingsOf(backend: ConfiguredBackend | undefined): unknown {
  expect(backend?.settings).toBeDefined();
  return backend?.settings;
}

/** Every problem as `file:line:col message | hint`. */
async function problemsOf(text: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const { config, problems } = await load(text, env);
  expect(config === undefined).toBe(problems.length > 0);
  return problems.map(
    ({ at, message, hint }) => `${at.file}:${at.line}:${at.col} ${message}${hint ? ` | ${hint}` : ''}`,
  );
}

describe('what is written', () => {
  it('is every kind under its own name, with nothing said of it', async () => {
    for (const text of ['', '# nothing\n', 'backends:\n', 'backends: {}\n']) {
      expect(await backendsOf(text)).toMatchObject({
        embedded: { name: 'embedded', kind: 'embedded', adapter: adapters.embedded, settings: {} },
        otlp: { kind: 'otlp', settings: undefined },
        jaeger: { kind: 'jaeger', settings: undefined },
        mackerel: { kind: 'mackerel', settings: undefined },
      });
    }
  });

  it('has the defaults of its kind, and a name of its own', async () => {
    const text = `backends:
  jaeger: {url: http://jaeger:16686}
  second-jaeger: {kind: jaeger, spm: true}
  ours: {kind: jaeger}
  screen:
    kind: otlp
    url: http://127.0.0.1:4318
`;
    expect(await backendsOf(text)).toMatchObject({
      jaeger: { name: 'jaeger', kind: 'jaeger', settings: { url: 'http://jaeger:16686', spm: false } },
      'second-jaeger': {
        name: 'second-jaeger',
        kind: 'jaeger',
        settings: { url: 'http://127.0.0.1:16686', spm: true },
      },
      ours: { kind: 'jaeger', settings: undefined },
      screen: { kind: 'otlp', settings: { url: 'http://127.0.0.1:4318', encoding: 'protobuf', gzip: true } },
    });
  });

  it('has secrets that are looked up in the environment and in files beside it', async () => {
    const text = `backends:
  mackerel: {apiKey: {env: KEY}, writeKey: {file: key}}
  screen: {kind: otlp, url: http://a, headers: {x-org: shop, authorization: {env: TOKEN}}}
`;
    const { mackerel, screen } = await backendsOf(text, { KEY: ' short ', TOKEN: 'Bearer abc' });
    const { apiKey, writeKey } = settingsOf(mackerel) as { apiKey: Secret; writeKey: Secret };
    expect([apiKey.reveal(), writeKey.reveal()]).toEqual(['short', 'marker-of-file']);
    const { headers } = settingsOf(screen) as { headers: { 'x-org': string; authorization: Secret } };
    expect([headers['x-org'], headers.authorization.reveal()]).toEqual(['shop', 'Bearer abc']);
  });
});

describe('what is wrong', () => {
  it.each<[string, readonly string[]]>([
    ['backend: {}', ['showrunner.yaml:1:1 unknown key `backend` | did you mean `backends`?']],
    [
      'backends: [jaeger]',
      [
        'showrunner.yaml:1:11 expected a mapping, not `["[secret]"]` | for example `jaeger: {url: http://127.0.0.1:16686}`',
      ],
    ],
    [
      'backends: {jaegr: {}}',
      ['showrunner.yaml:1:12 `jaegr` is no kind of backend | did you mean `jaeger`?; any name will do with `kind`'],
    ],
    [
      'backends: {a: {kind: jaegr}}',
      ['showrunner.yaml:1:22 there is no kind of backend `jaegr` | did you mean `jaeger`?'],
    ],
    [
      'backends: {constructor: {}}',
      [
        'showrunner.yaml:1:12 `constructor` is no kind of backend | one of `embedded`, `otlp`, `jaeger`, `mackerel`; any name will do with `kind`',
      ],
    ],
    [
      'backends: {A b: {kind: jaeger}}',
      ['showrunner.yaml:1:12 bad name `A b` | lower-case letters and digits, words joined by `-`'],
    ],
    [
      'backends: {jaeger: {ulr: http://a, spm: 5}}',
      [
        'showrunner.yaml:1:21 unknown key `ulr` | did you mean `url`?',
        'showrunner.yaml:1:41 expected boolean, received number',
      ],
    ],
    ['backends: {jaeger: {url: here}}', ['showrunner.yaml:1:26 Invalid URL']],
    [
      'backends: {mackerel: {}}',
      ['showrunner.yaml:1:22 `apiKey` is missing | for example `{ env: MACKEREL_API_KEY }`'],
    ],
    [
      'backends: {embedded: {kind: otlp, url: http://a}}',
      [
        'showrunner.yaml:1:29 `embedded` is a kind of backend itself | leave out `kind`, or choose another name for a backend of the kind `otlp`',
      ],
    ],
    [
      'backends: {jaeger: {kind: null}}',
      ['showrunner.yaml:1:27 there is no kind of backend `null` | one of `embedded`, `otlp`, `jaeger`, `mackerel`'],
    ],
    [
      'backends: {mackerel: {apiKey: {env: KEY}, mode: fats}}',
      ['showrunner.yaml:1:49 `fats` is not allowed here | did you mean `fast`?'],
    ],
    [
      'backends: {otlp: {url: http://a/v1/traces}}',
      [
        'showrunner.yaml:1:24 the base of the URL is wanted: the path of each signal, as `/v1/traces`, is added to it | for example `http://127.0.0.1:4318`, `{traces: http://127.0.0.1:4318/v1/traces}`',
      ],
    ],
    [
      'backends: {}\nbackends: {}',
      ['showrunner.yaml:2:1 this key is written twice in the same mapping | remove one of them'],
    ],
    ['backends: {}\n---\n', ['showrunner.yaml:2:1 more than one YAML document']],
  ])('%s', async (text, problems) => {
    expect(await problemsOf(text, { BLANK: ' ', KEY: 'abc' })).toEqual(problems);
  });

  it('is told all at once, with the line where no secret can be in it', async () => {
    const text = `backends:
  jaeger:
    ulr: http://a
    spm: perhaps
  mackerel:
    apiKey: {env: NONE}
    mode: fats
`;
    const { problems } = await load(text);
    expect(problems.map(({ at, excerpt }) => [at.line, excerpt])).toEqual([
      [3, undefined],
      [4, '    spm: perhaps'],
      [7, '    mode: fats'],
    ]);
  });

  it('is a file that is too large, or grows without end', async () => {
    expect(await problemsOf('# '.repeat(150_000))).toMatchObject([expect.stringContaining('KB are read')]);
    const bomb = `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n`;
    expect(await problemsOf(bomb)).toMatchObject([expect.stringContaining('grow without end')]);
  });
});

describe('a secret that is not found', () => {
  it.each<[string, readonly string[]]>([
    [
      'backends: {mackerel: {apiKey: {env: NONE}}}',
      ['showrunner.yaml:1:31 the environment variable `NONE` is not set | set it, or write {file: path}'],
    ],
    [
      'backends: {mackerel: {apiKey: {env: BLANK}}}',
      ['showrunner.yaml:1:31 the environment variable `BLANK` is empty | write the key, token or password into it'],
    ],
    [
      'backends: {mackerel: {apiKey: {file: none}}}',
      ['showrunner.yaml:1:31 the file `none` is missing | a relative path begins at the folder of this file'],
    ],
    [
      'backends: {mackerel: {apiKey: {file: empty}}}',
      ['showrunner.yaml:1:31 the file `empty` is empty | write the key, token or password into it'],
    ],
    [
      'backends: {mackerel: {apiKey: {file: huge}}}',
      ['showrunner.yaml:1:31 the file `huge` is too large for a secret | is this the right file?'],
    ],
    [
      'backends: {mackerel: {apiKey: {file: two-lines}}}',
      [
        'showrunner.yaml:1:31 the file `two-lines` has line breaks or characters that no header can carry | write the secret alone',
      ],
    ],
  ])('%s', async (text, told) => {
    const { mackerel, jaeger } = await backendsOf(text.replace('{', '{jaeger: {spm: true}, '), { BLANK: ' ' });
    expect(mackerel).toMatchObject({ name: 'mackerel', kind: 'mackerel', settings: undefined });
    const moved = mackerel?.problems.map(
      ({ at, message, hint }) => `${at.file}:${at.line}:${at.col - 21} ${message} | ${hint}`,
    );
    expect(moved).toEqual(told);
    // The others can be used all the same.
    expect(jaeger).toMatchObject({ settings: { spm: true }, problems: [] });
  });

  it('is told with its line', async () => {
    const { mackerel } = await backendsOf('backends:\n  mackerel:\n    apiKey: {env: NONE}\n');
    expect(mackerel?.problems).toMatchObject([{ at: { line: 3, col: 13 }, excerpt: '    apiKey: {env: NONE}' }]);
  });

  it('does not hide what is wrong with the file', async () => {
    expect(await problemsOf('backends: {mackerel: {apiKey: {env: NONE}, mode: fats}}')).toEqual([
      'showrunner.yaml:1:50 `fats` is not allowed here | did you mean `fast`?',
    ]);
  });
});

describe('a secret in the file', () => {
  const marker = 'marker-s3cret';

  it.each([
    `backends: {mackerel: {apiKey: ${marker}}}`,
    `backends: {mackerel: {apikey: ${marker}}}`,
    `backends: {mackerel: {apiKey: ["${marker}"]}}`,
    `backends: {mackerel: {apiKey: {${marker}}}}`,
    `backends:\n  mackerel:\n    apiKey:\n      - ${marker}\n      - {${marker}: ${marker}}\n    mode: fats`,
    `backends: {mackerel: {apiKey: "a ${marker}\\" b", mode: fats}}`,
    `backends: {jaeger: {spm: ${marker}, url: {a: ${marker}}}}`,
    `backends: {mackerel: {apiKey: {env: "${marker} no name"}}}`,
    `backends: {mackerel: {apiKey: {env: KEY, file: ${marker}}}}`,
    `backends: {mackerel: {apiKey: {env: KEY}, mode: fats, writeKey: ${marker}}}`,
    `backends: {mackerel: {links: ${marker}}}`,
    `backends: {mackerel: {links: {trcae: ${marker}}}}`,
    `backends: {mackerel: ${marker}}`,
    `backends: {mackrel: {apiKey: ${marker}}}`,
    `backends: {a: {kind: mackrel, apiKey: ${marker}}}`,
    `backends: {a: {kind: [${marker}]}}`,
    `backends: {jaeger: {url: "https://user:${marker}@host", spm: 5}}`,
    `backends: {jaeger: {url: "https://host?token=${marker}", spm: 5}}`,
    `backends: {otlp: {url: "https://user:${marker}@host"}}`,
    `backends: {otlp: {url: http://a, headers: {authorization: ${marker}}}}`,
    `backends: {otlp: {url: http://a, headers: ${marker}}}`,
    `backends: {otlp: {url: http://a, headers: {a: [${marker}]}}}`,
    `backends: [${marker}]`,
    `backends: ${marker}`,
    marker,
    `key: ${marker}`,
    `mackerel: {apiKey: ${marker}}`,
    `shared: &key ${marker}\nbackends:\n  mackerel:\n    apiKey: *key\n    mode: fats`,
    `backends:\n  mackerel: {\n    apiKey: "${marker}\n      ${marker}", mode: fats}`,
    `backends:\n  mackerel:\n    apiKey: |\n      ${marker}\n    mode: fats`,
    // No YAML.
    `backends: {mackerel: {apiKey: *${marker}}}`,
    `backends: {mackerel: {apiKey: |${marker}}}`,
    `backends:\n  apiKey: |${marker}`,
    `backends:\n  apiKey: >${marker}`,
    `backends:\n  apiKey: @${marker}`,
    `backends:\n  apiKey: !${marker} x\n  a: [`,
    `backends:\n  apiKey: "${marker}" ${marker}`,
    `backends: {mackerel: {apiKey: ${marker}`,
    `apiKey: ${marker}\napiKey: ${marker}`,
  ])('is in no text of its problems: %s', async (text) => {
    const { config, problems } = await load(text, { KEY: marker });
    expect(config).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
    expect(JSON.stringify(problems)).not.toContain(marker.slice(0, 6));
  });

  it('is refused, with what to write instead', async () => {
    expect(await problemsOf(`backends:\n  mackerel:\n    apiKey: ${marker}`)).toEqual([
      'showrunner.yaml:3:13 a secret is not written here: write {env: NAME} or {file: path} | for example `{ env: MACKEREL_API_KEY }`',
    ]);
    expect(await problemsOf(`backends: {otlp: {url: http://a, headers: {x-api-key: ${marker}, x-org: shop}}}`)).toEqual(
      ['showrunner.yaml:1:55 a secret is not written here: write {env: NAME} or {file: path}'],
    );
  });
});

describe('settings by environment', () => {
  it('need no file', async () => {
    const {
      jaeger,
      mackerel,
      otlp: screen,
    } = await backendsOf('', {
      SHOWRUNNER_BACKEND_JAEGER_URL: 'http://jaeger',
      SHOWRUNNER_BACKEND_JAEGER_SPM: 'true',
      SHOWRUNNER_BACKEND_MACKEREL_API_KEY: 'abc',
      SHOWRUNNER_BACKEND_MACKEREL_SERVICES: 'cart, payment',
      SHOWRUNNER_BACKEND_MACKEREL_LINKS_TRACE: 'https://a/{traceId}',
      SHOWRUNNER_BACKEND_MACKEREL_DELAY_MS: '500',
      SHOWRUNNER_BACKEND_MACKEREL_MODE: '',
      SHOWRUNNER_BACKEND_OTLP_URL: 'http://a',
      SHOWRUNNER_BACKEND_OTLP_HEADERS: 'authorization=Bearer%20abc,x-org=shop',
    });
    expect(jaeger?.settings).toEqual({ url: 'http://jaeger', spm: true });
    expect(mackerel?.settings).toMatchObject({
      services: ['cart', 'payment'],
      links: { trace: 'https://a/{traceId}' },
      delayMs: 500,
      mode: 'exact',
    });
    expect((settingsOf(mackerel) as { apiKey: Secret }).apiKey.reveal()).toBe('abc');
    expect(screen?.settings).toMatchObject({ url: 'http://a' });
    const { headers } = settingsOf(screen) as { headers: Record<string, Secret> };
    expect(headers['authorization']?.reveal()).toBe('Bearer abc');
  });

  it('are none of the flag --backend-binary', async () => {
    expect(
      (await backendsOf('', { SHOWRUNNER_BACKEND_BINARY: 'jaeger=/opt/jaeger' }))['jaeger']?.settings,
    ).toBeUndefined();
  });

  it('override the file', async () => {
    const { ours, jaeger } = await backendsOf(
      'backends: {ours-too: {kind: jaeger}, ours: {kind: jaeger, url: http://a, spm: true}}',
      {
        SHOWRUNNER_BACKEND_OURS_URL: 'http://b',
      },
    );
    expect(ours?.settings).toEqual({ url: 'http://b', spm: true });
    expect(jaeger?.settings).toBeUndefined();
  });

  it.each<[string, string, readonly string[]]>([
    [
      'JAEGER_ULR',
      'http://a',
      [
        'SHOWRUNNER_BACKEND_JAEGER_ULR:1:1 no backend has such a setting | did you mean `SHOWRUNNER_BACKEND_JAEGER_URL`?',
      ],
    ],
    ['JAEGER_URL', 'here', ['SHOWRUNNER_BACKEND_JAEGER_URL:1:1 Invalid URL']],
    ['JAEGER_SPM', 'yes', ['SHOWRUNNER_BACKEND_JAEGER_SPM:1:1 expected boolean, received string']],
    [
      'MACKEREL_MODE',
      'fast',
      ['SHOWRUNNER_BACKEND_MACKEREL_*:1:1 `apiKey` is missing | for example `{ env: MACKEREL_API_KEY }`'],
    ],
  ])('%s=%s', async (variable, value, problems) => {
    expect(await problemsOf('', { [`SHOWRUNNER_BACKEND_${variable}`]: value })).toEqual(problems);
  });

  it('never show a secret', async () => {
    const text = JSON.stringify(
      await load('', {
        SHOWRUNNER_BACKEND_MACKEREL_API_KEY: 'marker\nmarker',
        SHOWRUNNER_BACKEND_MACKEREL_APIKEY: 'marker',
        SHOWRUNNER_BACKEND_OTLP_HEADERS: 'marker',
        SHOWRUNNER_BACKEND_OTLP_URL: 'http://user:marker@a',
      }),
    );
    expect(text).toContain('line breaks');
    expect(text).not.toContain('marker');
  });
});
