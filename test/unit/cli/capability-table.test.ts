import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capabilityTable, withCapabilities } from '../../../orchestrator/cli/capability-table.ts';
import { root } from '../../support/showrunner.ts';

test('the table of orchestrator/backends/README.md is what the code says', () => {
  const text = readFileSync(join(root, 'orchestrator/backends/README.md'), 'utf8');
  expect(text, 'the table is stale: run `npm run capabilities`').toBe(withCapabilities(text));
});

test('each kind of expectation is native, computed or not answered, by the weakest of what it asks for', () => {
  const table = JSON.parse(capabilityTable(true)) as Record<string, Record<string, string>>;
  expect(table['embedded']).toMatchObject({ latency: 'native', 'n-plus-one': 'native' });
  expect(table['jaeger']).toMatchObject({ latency: 'computed', dependency: 'computed' });
  expect(table['prometheus']).toMatchObject({ latency: 'native', 'n-plus-one': 'no' });
  expect(table['otlp']).toMatchObject({ latency: 'embedded' });
});
