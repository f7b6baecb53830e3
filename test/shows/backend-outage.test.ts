import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { jaegerProgram } from '../../orchestrator/backends/jaeger/program.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { freePort } from '../../orchestrator/runtime/process/ports.ts';
import { binaryOf } from '../support/program.ts';
import { showFolder } from '../support/show-folder.ts';
import { eventsSoFar, eventually, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';

const binary = binaryOf('jaeger');
const dir = mkdtempSync(join(tmpdir(), 'showrunner-test-jaeger-'));
let jaeger: ChildProcess | undefined;
afterAll(() => {
  jaeger?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** The bank gets slow twice: once while Jaeger is away, once after it came back. */
const acts = ['first', 'second']
  .map(
    (name) => `  - act: ${name}
    for: 15s
    faults:
      - { inject: slow-third-party, at: 1s, on: payment->bank }
    expect:
      - latency: { service: payment, route: POST /payments, p95: '>= 1s', within: 14s }
    heals: { within: 15s }
`,
  )
  .join('');
const show = showFolder(
  'outage',
  `  - act: calm\n    for: 12s\n    expect:\n      - quiet: { services: all }\n${acts}`,
);

test.skipIf(!binary)(
  'a Jaeger that is killed in mid-show and comes back gets every span or it is counted, and its verdicts say so',
  async () => {
    const ports = Object.fromEntries(
      await Promise.all(jaegerProgram.ports.map(async (name) => [name, await freePort()] as const)),
    );
    const place = { dir, ports, others: {} };
    for (const [name, text] of Object.entries(jaegerProgram.files(place))) writeFileSync(join(dir, name), text);
    const launch = async (): Promise<void> => {
      jaeger = spawn(binary ?? '', jaegerProgram.args(place), { cwd: dir, stdio: 'ignore' });
      await expect
        .poll(
          () =>
            fetch(jaegerProgram.readyUrl(place)).then(
              ({ ok }) => ok,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true);
    };
    await launch();
    const config = join(dir, 'showrunner.yaml');
    const at = (port: string): string => `http://127.0.0.1:${ports[port]}`;
    writeFileSync(config, `backends:\n  jaeger: { url: '${at('query')}', otlp: '${at('otlp')}' }\n`);
    const runsDir = temporaryFolder('runs');
    const args = ['run', show, '--backend', 'embedded,jaeger', '--runs-dir', runsDir, '--quiet'];
    const running = start(args, { SHOWRUNNER_CONFIG: config });
    await eventually('injection', 60_000, () => eventsSoFar(runsDir).find(({ type }) => type === 'fault-injected'));
    jaeger?.kill('SIGKILL');
    await once(jaeger as ChildProcess, 'exit');
    await new Promise((resolve) => void setTimeout(resolve, 20_000));
    await launch();
    const finished = await running.finished;
    const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
    const verdicts = (act: string, backend: string) =>
      summary.acts
        .find((one) => one.act === act)
        ?.expectations.filter((one) => one.backend === backend)
        .map(({ verdict }) => verdict);
    expect(finished.code).toBe(1);
    expect(verdicts('first', 'embedded')).toEqual(['met']);
    expect(verdicts('first', 'jaeger')).toEqual(['unverified']);
    expect(verdicts('second', 'jaeger')).toEqual(['met']);
    const [embedded, counted] = summary.telemetry?.backends ?? [];
    expect(embedded).toMatchObject({ name: 'embedded', dropped: 0 });
    // Jaeger takes spans only.
    expect((counted?.delivered ?? 0) + (counted?.dropped ?? 0)).toBe(summary.telemetry?.received.spans);
    expect(summary.leftovers).toEqual([]);
  },
  240_000,
);
