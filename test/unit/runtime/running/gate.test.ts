import { expect, test } from 'vitest';
import { Gate } from '../../../../orchestrator/runtime/running/gate.ts';

/** Work that ends when told to, and says whether it has begun. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const job = { begun: false, end: resolve, run: () => ((job.begun = true), promise) };
  return job;
}

const begun = (jobs: readonly { begun: boolean }[]) => jobs.map((job) => job.begun);

test('lets as many in as it has places, and the next as soon as one is done, also by failing', async () => {
  const gate = new Gate(1);
  const jobs = [work(), work(), work()];
  const failing = gate.through(() => Promise.reject(new Error('no')));
  const all = jobs.map((job) => gate.through(job.run));
  await expect(failing).rejects.toThrow('no');
  expect(begun(jobs)).toEqual([true, false, false]);
  jobs[0]?.end();
  await all[0];
  expect(begun(jobs)).toEqual([true, true, false]);
  jobs[1]?.end();
  jobs[2]?.end();
  await Promise.all(all);
});

test('once opened it lets everybody in, waiting or new', async () => {
  const gate = new Gate(1);
  const jobs = [work(), work(), work()];
  const all = jobs.slice(0, 2).map((job) => gate.through(job.run));
  gate.open();
  all.push(gate.through(jobs[2]?.run ?? (() => Promise.resolve())));
  await Promise.resolve();
  expect(begun(jobs)).toEqual([true, true, true]);
  for (const job of jobs) job.end();
  await Promise.all(all);
});
