import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { countryBug } from '../../../../orchestrator/faults/catalogue/country-bug.ts';
import { catalogue } from '../../../../orchestrator/faults/catalogue/index.ts';
import { lostIndex } from '../../../../orchestrator/faults/catalogue/lost-index.ts';
import { nPlusOne } from '../../../../orchestrator/faults/catalogue/n-plus-one.ts';
import { slowThirdParty } from '../../../../orchestrator/faults/catalogue/slow-third-party.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { fakeLevers, faultContext } from '../../../support/fake-levers.ts';

const root = path.resolve(import.meta.dirname, '../../../..');

interface Described {
  readonly routes: readonly string[];
  readonly calls: readonly string[];
}

describe.each(Object.entries(catalogue))('%s', (_name, fault) => {
  const { services } = parse(readFileSync(path.join(root, 'services/shop.yaml'), 'utf8')) as {
    services: Record<string, Described>;
  };

  test('is put on services and links that the shop has', () => {
    for (const target of fault.targets) {
      const [caller = '', callee] = target.split('->');
      expect(Object.keys(services)).toContain(caller);
      if (callee !== undefined) expect(services[caller]?.calls).toContain(callee);
    }
  });

  test('needs traffic only on routes that the shop has', () => {
    for (const { service, route } of fault.traffic) {
      expect(Object.keys(services)).toContain(service);
      if (route !== undefined) expect(services[service]?.routes).toContain(route);
    }
  });

  test('needs traffic on something that each of its targets names', () => {
    for (const target of fault.targets) {
      const named = target.split('->');
      expect(fault.traffic.some(({ service }) => named.includes(service))).toBe(true);
    }
  });

  test('takes no parameter that it does not know, and none is needed', () => {
    expect(fault.with.safeParse({}).success).toBe(true);
    expect(fault.with.safeParse({ typo: 1 }).success).toBe(false);
  });
});

describe('a release with a bug', () => {
  test('is released before its flag is rolled out, and taken back the other way round', async () => {
    const fake = fakeLevers();
    const injected = await countryBug.inject(faultContext(fake, { with: {}, intensity: 0.3 }));
    expect(fake.calls).toEqual(['release checkout 1.10.0', 'roll out regional-tax=on to 0.3']);
    fake.calls.length = 0;
    await injected.undo();
    expect(fake.calls).toEqual(['roll back regional-tax', 'release checkout 1.9.0']);
  });

  test('goes back to the release before when its flag cannot be rolled out', async () => {
    const fake = fakeLevers();
    fake.failing = 'roll out';
    await expect(countryBug.inject(faultContext(fake, { with: {} }))).rejects.toThrow('regional-tax');
    expect(fake.versions['checkout']).toBe('1.9.0');
  });
});

describe('the proof of country-bug', () => {
  test('is a TypeError in the log since the injection', async () => {
    const fake = fakeLevers();
    const clock = new FakeClock(10_000);
    fake.logLines.push({ at: 9_000, line: '{"err":{"type":"TypeError"}}' });
    const injected = await countryBug.inject(faultContext(fake, { with: {}, clock }));
    expect((await injected.proof()).proven).toBe(false);
    fake.logLines.push({ at: 10_500, line: '{"level":"error","err":{"type":"TypeError"}}' });
    expect(await injected.proof()).toEqual({
      proven: true,
      evidence: 'checkout 1.10.0 logged 1 TypeErrors since the injection',
    });
  });

  test('of its end is the version before and 3 s without one', async () => {
    const fake = fakeLevers();
    const clock = new FakeClock(10_000);
    const injected = await countryBug.inject(faultContext(fake, { with: {}, clock }));
    fake.logLines.push({ at: 10_000, line: 'TypeError' });
    expect((await injected.undone()).proven).toBe(false);
    await clock.sleep(3_001);
    expect((await injected.undone()).proven).toBe(false);
    await injected.undo();
    expect((await injected.undone()).proven).toBe(true);
  });
});

const counted = (list: number, perProduct: number) => [{ list, per_product: perProduct }];

describe('the proof of n-plus-one', () => {
  test('is 10 price queries for each list since the injection', async () => {
    const fake = fakeLevers();
    fake.answers.set('pg_stat_statements', counted(5, 1000));
    const injected = await nPlusOne.inject(faultContext(fake, { with: {} }));
    expect((await injected.proof()).proven).toBe(false);
    fake.answers.set('pg_stat_statements', counted(15, 1090));
    expect((await injected.proof()).proven).toBe(false);
    fake.answers.set('pg_stat_statements', counted(15, 1400));
    expect(await injected.proof()).toEqual({
      proven: true,
      evidence: 'catalog 2.5.0 ran 40 price queries for each of 10 lists',
    });
  });

  test('of its end is the version before, and no price query any more', async () => {
    const fake = fakeLevers();
    const clock = new FakeClock();
    fake.answers.set('pg_stat_statements', counted(5, 1000));
    const injected = await nPlusOne.inject(faultContext(fake, { with: {}, clock }));
    await injected.undo();
    void clock.sleep(500).then(() => fake.answers.set('pg_stat_statements', counted(6, 1040)));
    expect((await injected.undone()).proven).toBe(false);
    expect((await injected.undone()).proven).toBe(true);
    fake.versions['catalog'] = '2.5.0';
    expect((await injected.undone()).proven).toBe(false);
  });
});

describe('slow-third-party', () => {
  const parameters = slowThirdParty.with.parse({ latency: '1.2s' });

  test('reads its times and knows what is ordinary', () => {
    expect(parameters).toEqual({ latency: 1200, jitter: 300 });
    expect(slowThirdParty.with.safeParse({ latency: '1200' }).success).toBe(false);
  });

  test('is proven by a toxic that the proxy lists and a wire that is slow', async () => {
    const fake = fakeLevers();
    const injected = await slowThirdParty.inject(
      faultContext(fake, { with: parameters, on: 'payment->bank', intensity: 0.5 }),
    );
    expect(fake.calls).toEqual(['delay payment->bank by 1200±300 on 0.5']);
    expect((await injected.proof()).proven).toBe(false);
    fake.roundTripMs = 601;
    expect((await injected.proof()).proven).toBe(true);
    fake.toxics.length = 0;
    expect((await injected.proof()).proven).toBe(false);
  });

  test('is gone when no toxic is listed and the wire is fast', async () => {
    const fake = fakeLevers();
    const injected = await slowThirdParty.inject(faultContext(fake, { with: parameters, on: 'payment->bank' }));
    expect((await injected.undone()).proven).toBe(false);
    await injected.undo();
    fake.roundTripMs = 700;
    expect((await injected.undone()).proven).toBe(false);
    fake.roundTripMs = 5;
    expect((await injected.undone()).proven).toBe(true);
  });
});

test('lost-index is refused for an index that the database does not have, and drops nothing', async () => {
  const fake = fakeLevers();
  await expect(lostIndex.inject(faultContext(fake, { with: { index: 'no_such_idx' } }))).rejects.toThrow(
    'the database has no index no_such_idx',
  );
  expect(fake.calls.filter((call) => call.startsWith('DROP'))).toEqual([]);
});
