import { afterEach, expect, it, vi } from 'vitest';
import { followFlags } from '../../../../services/lib/flag-stream.ts';
import { type Flags, openFlags } from '../../../../services/lib/flags.ts';
import { flagAt, type FlagSource, startFlagSource } from '../../../support/flag-source.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
  vi.unstubAllEnvs();
});

async function startSource(port = 0): Promise<FlagSource> {
  const source = await startFlagSource(port);
  open.push(source);
  return source;
}

function flagsFrom(url: string): Flags {
  vi.stubEnv('FLAGS_URL', url);
  const flags = openFlags({ name: 'catalog', version: '2.5.0', host: '127.0.0.1', port: 0, seed: 3 });
  open.push(flags);
  return flags;
}

const isOn = (flags: Flags) => () => flags.isOn('live-prices');

it('has every flag off before the source has spoken, and without a source', async () => {
  expect(await flagsFrom('http://127.0.0.1:1/flags').isOn('live-prices')).toBe(false);
});

it('follows the source', async () => {
  const source = await startSource();
  const flags = flagsFrom(source.url);
  source.send({ flags: { 'live-prices': flagAt(100) } });
  await expect.poll(isOn(flags)).toBe(true);
  source.send({ flags: { 'live-prices': flagAt(0) } });
  await expect.poll(isOn(flags)).toBe(false);
});

it('gives a share of the requests a flag that is rolled out in part', async () => {
  const source = await startSource();
  const flags = flagsFrom(source.url);
  source.send({ flags: { 'live-prices': flagAt(30) } });
  await expect.poll(isOn(flags)).toBe(true);
  const answers = await Promise.all(Array.from({ length: 1000 }, isOn(flags)));
  const on = answers.filter(Boolean).length;
  expect(on).toBeGreaterThan(240);
  expect(on).toBeLessThan(360);
});

it('goes back to the defaults when the source closes, and follows it again when it is back', async () => {
  const source = await startFlagSource();
  const flags = flagsFrom(source.url);
  source.send({ flags: { 'live-prices': flagAt(100) } });
  await expect.poll(isOn(flags)).toBe(true);

  await source.close();
  await expect.poll(isOn(flags)).toBe(false);

  const again = await startSource(Number(new URL(source.url).port));
  again.send({ flags: { 'live-prices': flagAt(100) } });
  await expect.poll(isOn(flags), { timeout: 5000 }).toBe(true);
});

it('goes back to the defaults when the source sends nonsense', async () => {
  const source = await startSource();
  const flags = flagsFrom(source.url);
  source.send({ flags: { 'live-prices': flagAt(100) } });
  await expect.poll(isOn(flags)).toBe(true);
  source.send({ flags: { 'live-prices': 'on' } });
  await expect.poll(isOn(flags)).toBe(false);
});

it('takes a source that stays silent for gone', async () => {
  const source = await startSource();
  let reason: unknown;
  open.push({
    close: followFlags(
      source.url,
      { onDocument: () => undefined, onGone: (why) => (reason ??= why) },
      { silenceMs: 300 },
    ),
  });
  await expect.poll(() => source.listeners()).toBe(1);
  source.fallSilent();
  await expect.poll(() => (reason as Error | undefined)?.name).toBe('BodyTimeoutError');
});
