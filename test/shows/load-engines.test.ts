import { afterAll, describe, expect, test } from 'vitest';
import type { LoadEngine } from '../../orchestrator/load/engine.ts';
import { loadEngines } from '../../orchestrator/load/index.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import { runtimes } from '../../orchestrator/runtime/index.ts';
import { provideK6Image } from '../support/k6-image.ts';
import { type PlayedShow, playWith } from '../support/play.ts';
import { notMet, verdictsOf } from '../support/summaries.ts';

let removeImage = async (): Promise<void> => undefined;
afterAll(() => removeImage());

/** Why an engine cannot be tried on this machine; in CI it is tried all the same, and fails. */
async function missing(engine: LoadEngine): Promise<string | undefined> {
  if (engine.name === 'k6-container') {
    try {
      removeImage = await provideK6Image(await connectEngine());
    } catch (error) {
      if (process.env['CI']) throw error;
      return String(error);
    }
  }
  const found = await engine.probe();
  return found.available || process.env['CI'] ? undefined : found.reason;
}

/** Everything that was judged. Sorted, for which of an act's expectations is met first is a matter of tenths of a second. */
const judged = ({ acts }: Summary): readonly string[] =>
  acts
    .flatMap(({ act, expectations, recovery }) => [
      ...expectations.map(({ kind, verdict }) => `${act}: ${kind} ${verdict}`),
      ...recovery.map(({ verdict }) => `${act}: recovery ${verdict}`),
    ])
    .toSorted();

const played = new Map<string, PlayedShow>();

describe('the show four-faults', async () => {
  // With the containers runtime k6 is in the network of the shop; the others come in from outside, by 127.0.0.1.
  const places = [
    { engine: loadEngines.embedded, runtime: runtimes.process },
    { engine: loadEngines['k6-binary'], runtime: runtimes.process },
    { engine: loadEngines['k6-container'], runtime: runtimes.containers },
  ];
  for (const { engine, runtime } of places) {
    const why = await missing(engine);
    test.skipIf(why !== undefined)(
      `is met on ${engine.name} with the runtime ${runtime.name}${why === undefined ? '' : ` (skipped: ${why})`}`,
      async () => {
        const show = await playWith('four-faults', () => ({ engine, runtime }));
        played.set(engine.name, show);
        expect(notMet(show.summary)).toEqual([]);
        expect(verdictsOf(show.summary).length).toBeGreaterThan(20);
        expect(show.exitCode).toBe(0);
        expect(show.summary.leftovers).toEqual([]);
      },
    );
  }

  test('has the same verdicts on every engine', () => {
    if (process.env['CI']) expect(played.size).toBe(places.length);
    const [first, ...others] = [...played.values()];
    for (const other of others) expect(judged(other.summary)).toEqual(judged(first!.summary));
  });
});
