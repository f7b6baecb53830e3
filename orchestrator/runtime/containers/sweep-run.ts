// Run by the guard of a run whose orchestrator could not clean up: removes the run from the engine as soon as the engine answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine } from './engine.ts';
import { sweepRun } from './sweep.ts';

/** An engine that is not back by then leaves it to `showrunner clean` and to the next start. */
const patienceMs = 15 * 60_000;

const [run = ''] = process.argv.slice(2);
const deadline = performance.now() + patienceMs;
for (;;) {
  try {
    const { left } = await sweepRun(await connectEngine(), run);
    if (left.length === 0) break;
  } catch (error) {
    // It does not answer yet.
    if (performance.now() > deadline) throw error;
  }
  if (performance.now() > deadline) throw new Error(`run ${run} could not be removed from the engine`);
  await sleep(1000);
}
