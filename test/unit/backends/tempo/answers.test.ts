import { expect, test } from 'vitest';
import type { Backend } from '../../../../orchestrator/backends/backend.ts';
import { tempoBackend } from '../../../../orchestrator/backends/tempo/backend.ts';
import { typeError } from '../../../support/known-shop.ts';
import { type Answer, fakeTempo, recorded, recordedIn as window, recordedTempo } from './fake-tempo.ts';

function backendAt(url: string): Backend {
  return tempoBackend('tempo', { url, delayMs: 0 });
}

test('statistics of an endpoint: counts of the metrics, times of the spans themselves', async () => {
  const tempo = await recordedTempo();
  const backend = backendAt(tempo.url);
  const stats = await backend.endpoints(window, { service: 'checkout' });
  expect(stats).toEqual([
    {
      service: 'checkout',
      method: 'POST',
      route: '/orders',
      count: 40,
      errorCount: 5,
      avgMs: 280,
      p95Ms: 280,
    },
  ]);
});

test('a window to the nanosecond before its end, and no question about an impossible one', async () => {
  const tempo = await recordedTempo();
  const backend = backendAt(tempo.url);
  await backend.endpoints(window, {});
  const [{ url } = { url: new URL('http://nothing') }] = tempo.asked;
  expect(url.searchParams.get('start')).toBe(`${window.from}000000`);
  expect(url.searchParams.get('end')).toBe(`${window.to - 1}999999`);
  const { length } = tempo.asked;
  for (const nothing of [
    { from: 2, to: 1 },
    { from: 1, to: 1 },
    { from: Number.NaN, to: 1 },
  ]) {
    expect(await backend.endpoints(nothing, {})).toEqual([]);
    expect(await backend.dependencies(nothing)).toEqual([]);
    expect(await backend.traces(nothing, { limit: 1 })).toEqual([]);
  }
  expect(tempo.asked).toHaveLength(length);
});

test('exceptions with their newest traces, of the window only', async () => {
  const backend = backendAt((await recordedTempo()).url);
  const [group] = await backend.errors(window, {});
  expect(group).toMatchObject({ service: 'checkout', ...typeError, count: 2 });
  expect(group?.traceIds).toHaveLength(2);
  expect(await backend.errors({ from: window.to, to: window.to + 1 }, {})).toEqual([]);
});

test('a trace with its ids in hex, one that is not there, and one that cannot be', async () => {
  const tempo = await recordedTempo();
  const backend = backendAt(tempo.url);
  const trace = await backend.trace('AAAAAAAAAAAAAAAAAAAAAAAA0ECA50CA');
  expect(trace?.traceId).toBe('aaaaaaaaaaaaaaaaaaaaaaaa0eca50ca');
  expect(trace?.spans.map(({ service, kind, status }) => `${service} ${kind} ${status}`)).toEqual([
    'storefront server error',
    'storefront client error',
    'checkout server error',
  ]);
  expect(await backend.trace('f'.repeat(32))).toBeUndefined();
  expect(await backend.trace('../../buildinfo')).toBeUndefined();
  expect(tempo.asked).toHaveLength(2);
});

test('a build that does not name its version', async () => {
  expect(await backendAt((await recordedTempo()).url).version()).toContain('go1.26.8');
});

const failures: Readonly<Record<string, readonly [Answer | undefined, code: string]>> = {
  'another product': [{ body: '{"status":"success","data":{"resultType":"vector","result":[]}}' }, 'backend-nonsense'],
  'a web page': [{ body: '<html>Log in</html>' }, 'backend-nonsense'],
  'a dropped connection, as when a handler panics': [undefined, 'backend-unreachable'],
  'no local-blocks processor': [{ status: 500, body: 'localblocks processor not found' }, 'backend-failed'],
  'a part of the answer': [
    { body: '{"series":[],"traces":[],"metrics":{},"status":"PARTIAL","message":"too many series"}' },
    'backend-cut',
  ],
};

for (const [what, [answer, code]] of Object.entries(failures)) {
  test(`no answer: ${what}`, async () => {
    const backend = backendAt((await fakeTempo(() => answer)).url);
    const questions = [
      backend.endpoints(window, {}),
      backend.queries(window, {}),
      backend.traces(window, { limit: 1 }),
      backend.errors(window, {}),
      backend.dependencies(window),
      backend.tendency(window, { service: 'checkout', bad: { error: true } }),
    ];
    for (const question of questions) await expect(question).rejects.toMatchObject({ code });
  });
}

test('no answer: errors that cannot be told apart', async () => {
  const noStatus = backendAt((await fakeTempo(() => ({ body: recorded('count') }))).url);
  await expect(noStatus.queries(window, {})).rejects.toMatchObject({ code: 'backend-nonsense' });
});

// Tempo writes to the two stores at checks of their own, and is asked again for some seconds.
const patient = { timeout: 20_000 };

test('no answer: fewer durations than counts', patient, async () => {
  const tempo = await fakeTempo(({ pathname }) => ({
    body: pathname === '/api/search' ? '{"traces":[],"metrics":{}}' : recorded('count'),
  }));
  await expect(backendAt(tempo.url).endpoints(window, {})).rejects.toMatchObject({ code: 'backend-cut' });
});

test('a span that searches come to know after metrics is waited for', patient, async () => {
  let searches = 0;
  const tempo = await fakeTempo(({ pathname }) => {
    if (pathname !== '/api/search') return { body: recorded('count') };
    searches += 1;
    return { body: searches === 1 ? '{"traces":[],"metrics":{}}' : recorded('search') };
  });
  const statistics = await backendAt(tempo.url).endpoints(window, {});
  expect(statistics).not.toEqual([]);
  expect(statistics.filter(({ avgMs, p95Ms }) => !(avgMs > 0 && p95Ms > 0))).toEqual([]);
});

test('no answer: spans that a search finds and metrics do not count, as without local-blocks', patient, async () => {
  const tempo = await fakeTempo(({ pathname }) => ({
    body: pathname === '/api/search' ? recorded('search') : '{"metrics":{"completedJobs":1}}',
  }));
  const asked = backendAt(tempo.url).endpoints(window, {});
  await expect(asked).rejects.toMatchObject({
    code: 'backend-rejected',
    hint: expect.stringContaining('local-blocks'),
  });
});

test('no answer: a trace that a search has found and that is not there', async () => {
  const tempo = await fakeTempo(({ pathname }) => ({
    body: recorded(pathname === '/api/search' ? 'search' : 'no-trace'),
  }));
  const asked = backendAt(tempo.url).traces(window, { limit: 1 });
  await expect(asked).rejects.toMatchObject({ code: 'backend-cut' });
});
