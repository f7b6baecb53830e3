import { expect, test } from 'vitest';
import { jaeger } from '../../../../orchestrator/backends/jaeger/adapter.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';

test('settings say where it is, where the tap sends, and with what key', () => {
  const authorization = new Secret('Bearer x');
  const settings = jaeger.settings.parse({
    url: 'https://j.test/x',
    otlp: 'https://o.test/',
    headers: { authorization },
  });
  expect(jaeger.destination(settings)).toMatchObject({
    urls: { traces: 'https://o.test/v1/traces' },
    headers: { authorization },
  });
  expect(jaeger.destination(jaeger.settings.parse({ url: 'http://j.test' }))).toBeUndefined();
});

test.each([{}, { url: 'j.test' }, { url: 'ftp://j.test' }, { url: 'http://j.test', otpl: 'http://o.test' }])(
  'settings that are none: %o',
  (settings) => {
    expect(jaeger.settings.safeParse(settings).success).toBe(false);
  },
);

test('what we have started is asked and sent to at its ports', () => {
  const settings = jaeger.settings.parse(jaeger.settingsOf?.({ jaeger: { ports: { query: 1, otlp: 2, grpc: 3 } } }));
  expect(settings).toEqual({ url: 'http://127.0.0.1:1', otlp: 'http://127.0.0.1:2' });
});
