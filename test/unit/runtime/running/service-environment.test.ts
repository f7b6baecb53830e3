import { expect, test } from 'vitest';
import { serviceEnvironment } from '../../../../orchestrator/runtime/running/service-environment.ts';
import type { ServiceSpec } from '../../../../orchestrator/runtime/shop.ts';

const checkout: ServiceSpec = {
  name: 'checkout',
  version: '1.9.0',
  releases: ['1.9.0'],
  instrumented: true,
  database: true,
  calls: ['payment'],
  routes: ['POST /orders'],
};

const environmentOf = (runId: string): Readonly<Record<string, string>> =>
  serviceEnvironment(
    checkout,
    { version: '1.9.0' },
    {
      options: {
        runId,
        seed: '7',
        otlpEndpoint: 'http://127.0.0.1:1',
        flagsUrl: 'http://127.0.0.1:2',
      },
      host: '127.0.0.1',
      port: 4000,
      linkOf: () => '127.0.0.1:3',
    },
  );

const deploymentOf = (runId: string) =>
  /deployment\.id=([^,]+)/.exec(environmentOf(runId)['OTEL_RESOURCE_ATTRIBUTES'] ?? '')?.[1];

test('nothing that a service gets, and may send on with its telemetry, tells the run or its show', () => {
  const values = Object.values(environmentOf('20260105-090000-four-faults-d38a'));
  expect(values.filter((value) => /20260105|four|fault|d38a/.test(value))).toEqual([]);
});

test('the deployment tells runs apart all the same', () => {
  expect(deploymentOf('one')).toMatch(/^[0-9a-f]{12}$/);
  expect(deploymentOf('one')).toBe(deploymentOf('one'));
  expect(deploymentOf('one')).not.toBe(deploymentOf('two'));
});
