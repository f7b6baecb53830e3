import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { tempo } from '../../../orchestrator/backends/tempo/adapter.ts';
import { tempoBackend } from '../../../orchestrator/backends/tempo/backend.ts';
import { tempoProgram } from '../../../orchestrator/backends/tempo/program.ts';
import { settings } from '../../../orchestrator/backends/tempo/settings.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { knownShop } from '../../support/known-shop.ts';
import { post, tracesRequest } from '../../support/otlp-data.ts';
import { binaryOf, type RunningProgram, startProgram } from '../../support/program.ts';

const binary = binaryOf('tempo');

describe.skipIf(binary === undefined)('Tempo', () => {
  // Half an hour back is as far as Tempo 2 asks its generator, which is where metrics of young blocks are.
  const shop = knownShop(Math.floor((Date.now() - 20 * 60_000) / 1000) * 1000);
  let program: RunningProgram;
  let backend: Backend;

  beforeAll(async () => {
    program = await startProgram(tempoProgram, binary ?? '');
    const found = settings.parse(tempo.settingsOf?.({ tempo: program }));
    const spans = shop.spans.toReversed();
    for (let at = 0; at < spans.length; at += 100) {
      const response = await post(found.otlp ?? '', '/v1/traces', tracesRequest(spans.slice(at, at + 100)));
      if (response.status !== 200) throw new Error(`Tempo answered ${response.status}: ${await response.text()}`);
    }
    backend = tempoBackend('tempo', found);
    await new Promise((resolve) => void setTimeout(resolve, found.delayMs));
  });

  afterAll(() => program.stop());

  backendContract('tempo', async () => ({ backend, shop }));

  test('a window to the millisecond', async () => {
    const { from } = shop.window;
    expect(await counts(backend, from, from + 2)).toEqual([1]);
    expect(await counts(backend, from + 1, from + 1000)).toEqual([]);
    expect(await counts(backend, from + 1, from + 1002)).toEqual([1]);
  });

  test('nothing where it is asked for what it does not store', async () => {
    await expect(backend.logs(shop.window, { limit: 1 })).rejects.toThrow('traces only');
    await expect(backend.metrics(shop.window, { name: 'x' })).rejects.toThrow('traces only');
  });
});

async function counts(backend: Backend, from: number, to: number): Promise<readonly number[]> {
  return (await backend.endpoints({ from, to }, { service: 'catalog' })).map(({ count }) => count);
}
