import { test } from 'vitest';
import { loadEngines } from '../../../orchestrator/load/index.ts';
import { isAlive, loadContract } from '../../support/load-contract.ts';

const { embedded, 'k6-binary': k6 } = loadEngines;

// k6-container: test/containers/load-engine.test.ts.
for (const engine of [embedded, k6]) {
  const found = await engine.probe();
  // Without k6 this is skipped in plain sight; in CI it runs all the same, and fails.
  if (found.available || process.env['CI']) loadContract({ engine, isThere: async (pid) => isAlive(pid) });
  else test.skip(`the load engine ${engine.name} (skipped: ${found.reason}; ${found.hint})`, () => undefined);
}
