import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sharing } from '../../../orchestrator/backends/sharing.ts';
import { fakeBackend } from '../../support/fake-stage.ts';

const window = { from: 0, to: 1_000 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('what is asked at the same time is asked once', async () => {
  const endpoints = vi.fn(async () => []);
  const backend = sharing(fakeBackend({ endpoints }));
  await Promise.all([backend.endpoints(window, {}), backend.endpoints({ ...window }, {})]);
  await backend.endpoints(window, {});
  expect(endpoints).toHaveBeenCalledTimes(1);
});

test('another window, filter or question is another one', async () => {
  const endpoints = vi.fn(async () => []);
  const queries = vi.fn(async () => []);
  const backend = sharing(fakeBackend({ endpoints, queries }));
  await backend.endpoints(window, {});
  await backend.endpoints({ from: 0, to: 2_000 }, {});
  await backend.endpoints(window, { service: 'catalog' });
  await backend.queries(window, {});
  expect(endpoints).toHaveBeenCalledTimes(3);
  expect(queries).toHaveBeenCalledTimes(1);
});

test('an answer is not given again after a second: there may be more by then', async () => {
  const endpoints = vi.fn(async () => []);
  const backend = sharing(fakeBackend({ endpoints }));
  await backend.endpoints(window, {});
  vi.advanceTimersByTime(1_000);
  await backend.endpoints(window, {});
  expect(endpoints).toHaveBeenCalledTimes(2);
});

test('a failure is not kept', async () => {
  const endpoints = vi.fn(async () => []);
  endpoints.mockRejectedValueOnce(new Error('503'));
  const backend = sharing(fakeBackend({ endpoints }));
  await expect(backend.endpoints(window, {})).rejects.toThrow('503');
  expect(await backend.endpoints(window, {})).toEqual([]);
});
