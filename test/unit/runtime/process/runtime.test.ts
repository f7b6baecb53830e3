import { afterEach, expect, test } from 'vitest';
import { processRuntime } from '../../../../orchestrator/runtime/process/runtime.ts';
import type { StartOptions } from '../../../../orchestrator/runtime/runtime.ts';

const { platform } = process;
afterEach(() => void Object.defineProperty(process, 'platform', { value: platform }));

test('on another system than Linux the runtime says so instead of starting', async () => {
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  const starting = processRuntime.start({} as Partial<StartOptions> as StartOptions);
  await expect(starting).rejects.toMatchObject({
    code: 'not-linux',
    exitCode: 3,
    message: 'the process runtime needs Linux; this is darwin',
  });
});
