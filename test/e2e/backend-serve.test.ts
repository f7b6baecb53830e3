import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownShop } from '../support/known-shop.ts';
import { deliver, logsRequest, metricsRequest, tracesRequest } from '../support/otlp-data.ts';
import { eventually, type Running, showrunner, start } from '../support/showrunner.ts';

const from = Math.floor(Date.now() / 1000) * 1000 - 20 * 60_000;
const shop = knownShop(from);

interface Served {
  readonly running: Running;
  readonly url: string;
  readonly otlp: string;
  /** Where everything temporary is. */
  readonly temporary: string;
}

/** Serves on free ports, in the environment alone. */
async function serve(): Promise<Served> {
  const temporary = mkdtempSync(join(tmpdir(), 'showrunner-test-serve-'));
  const variables = { SHOWRUNNER_PORT: '0', SHOWRUNNER_OTLP_PORT: '0', SHOWRUNNER_JSON: '1', TMPDIR: temporary };
  const running = start(['backend', 'serve'], variables);
  let stdout = '';
  running.process.stdout?.on('data', (text: string) => (stdout += text));
  const line = await eventually('ports', 20_000, () => (stdout.includes('\n') ? stdout : undefined));
  return { running, temporary, ...(JSON.parse(line) as { url: string; otlp: string }) };
}

async function send(otlp: string): Promise<void> {
  await deliver(otlp, '/v1/traces', tracesRequest(shop.spans));
  await deliver(otlp, '/v1/logs', logsRequest(shop.logs));
  await deliver(otlp, '/v1/metrics', metricsRequest(shop.metrics));
}

const reachable = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

test('what is sent can be read like Jaeger and like Mackerel, until Ctrl-C; then nothing is left', async () => {
  const { running, url, otlp, temporary } = await serve();
  await send(otlp);
  const jaeger = await fetch(`${url}/api/traces?service=checkout&limit=100`);
  expect(((await jaeger.json()) as { data: unknown[] }).data).toHaveLength(40);
  const seconds = `from=${from / 1000}&to=${from / 1000 + 900}`;
  const mackerel = await fetch(`${url}/api/v0/apm/http-server-stats?serviceName=checkout&${seconds}`);
  expect(await mackerel.json()).toMatchObject({
    results: [{ method: 'POST', route: '/orders', requestCount: 40, errorRatePercentage: 12.5 }],
  });
  running.process.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 130, stderr: '' });
  expect(await reachable(url)).toBe(false);
  expect(await reachable(otlp)).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test('after kill -9 no telemetry is left', async () => {
  const { running, otlp, temporary } = await serve();
  await send(otlp);
  running.process.kill('SIGKILL');
  await running.finished;
  const files = readdirSync(temporary, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual([]);
});

test('says how to be asked, and which flag is for a port that is taken', async () => {
  const running = start(['backend', 'serve', '--port', '0', '--otlp-port', '0']);
  let stdout = '';
  running.process.stdout?.on('data', (text: string) => (stdout += text));
  await eventually('directions', 20_000, () => (stdout.includes('Ctrl-C') ? true : undefined));
  const [otlp = '', url = ''] = stdout.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  expect(stdout).toContain(`SHOWRUNNER_BACKEND_JAEGER_URL=${url} SHOWRUNNER_BACKEND_JAEGER_OTLP=${otlp}`);
  expect(stdout).toContain(`Jaeger with the URL ${url}`);
  for (const [flag, taken, free] of [
    ['--otlp-port', otlp, '--port'],
    ['--port', url, '--otlp-port'],
  ] as const) {
    const second = await showrunner('backend', 'serve', flag, new URL(taken).port, free, '0');
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toContain(`choose one with ${flag}`);
    expect(second.stderr).toContain(new URL(taken).port);
  }
  running.process.kill('SIGTERM');
  expect((await running.finished).code).toBe(130);
});

test('a port that is none is wrong usage', async () => {
  for (const port of ['70000', '-1', 'http']) {
    expect(await showrunner('backend', 'serve', `--port=${port}`)).toMatchObject({ code: 2, stdout: '' });
  }
  expect((await showrunner('backend', 'serve', '--help')).stdout).toContain('$ showrunner backend serve');
});
