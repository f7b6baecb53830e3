import { expect, test } from 'vitest';
import type { TempoClient } from '../../../../orchestrator/backends/tempo/client.ts';
import { rememberingTraces } from '../../../../orchestrator/backends/tempo/remembered-traces.ts';

function counted(endedMsAgo: number): { readonly client: TempoClient; readonly asked: string[] } {
  const asked: string[] = [];
  const startMs = Date.now() - endedMsAgo;
  const trace = async (traceId: string) => {
    asked.push(traceId);
    return { traceId, spans: [{ startMs, durationMs: 0 }] };
  };
  return { client: rememberingTraces({ trace } as unknown as TempoClient), asked };
}

test('a trace that ended long ago is asked for once, a young one each time', async () => {
  const old = counted(70_000);
  expect(await old.client.trace('a')).toBe(await old.client.trace('a'));
  expect(old.asked).toEqual(['a']);
  const young = counted(50_000);
  await young.client.trace('a');
  await young.client.trace('a');
  expect(young.asked).toEqual(['a', 'a']);
});

test('of more than 300 the oldest is forgotten', async () => {
  const { client, asked } = counted(70_000);
  for (let id = 0; id <= 300; id += 1) await client.trace(String(id));
  await client.trace('1');
  await client.trace('0');
  expect(asked).toHaveLength(302);
});
