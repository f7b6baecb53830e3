import type { Executor, Players } from './executor.ts';
import { graceful, wantedVUs, type Step } from './ramp.ts';
import { RampHandle } from './ramp-handle.ts';
import { readStages, totalMs } from './stages.ts';

/** Virtual users whose number changes in straight lines, each playing one iteration after the other. */
export const rampingVUs: Executor = {
  options: { startVUs: 'value', stages: 'stages', gracefulRampDown: 'duration' },
  plan(options, gracefulStopMs) {
    const startVUs = options.whole('startVUs', 0, 1);
    const stages = readStages(options);
    const rampDownMs = options.duration('gracefulRampDown', 0, '30s');
    if (stages.length > 0 && Math.max(startVUs, ...stages.map(({ target }) => target)) === 0) {
      options.note('stages', 'no stage has a virtual user', 'write `startVUs` or a `target` greater than 0');
    }
    const durationMs = totalMs(stages);
    const wanted = wantedVUs(startVUs, stages);
    const allowed = graceful(wanted, rampDownMs, durationMs + gracefulStopMs);
    return {
      needs: allowed.map(({ at, vus }) => ({ at, planned: vus, unplanned: 0 })),
      durationMs,
      endMs: allowed.at(-1)?.at ?? durationMs,
      run: (players) => play(players, closed(wanted, durationMs), allowed),
    };
  },
};

/** With the end, where nobody plays any longer. */
function closed(steps: readonly Step[], durationMs: number): readonly Step[] {
  return steps.at(-1)?.vus === 0 ? steps : [...steps, { at: durationMs, vus: 0 }];
}

/** At each step of `wanted` users begin or stop to begin iterations; at each step of `allowed` the iterations of the others are interrupted. */
async function play(players: Players, wanted: readonly Step[], allowed: readonly Step[]): Promise<void> {
  const most = Math.max(...allowed.map(({ vus }) => vus));
  const handles = Array.from({ length: most }, () => new RampHandle(players));
  const steps = [
    ...wanted.map((step) => ({ ...step, kind: 'wanted' as const })),
    ...allowed.map((step) => ({ ...step, kind: 'allowed' as const })),
  ].toSorted((a, b) => a.at - b.at);
  let finished: (() => void) | undefined;
  const over = new Promise<void>((resolve) => (finished = resolve));
  const walk = async (): Promise<void> => {
    for (const { at, vus, kind } of steps) {
      if (!(await players.until(players.startedAt + at))) break;
      if (kind === 'wanted') handles.forEach((handle, index) => (index < vus ? handle.start() : handle.stop()));
      else for (const handle of handles.slice(vus)) handle.cut();
      if (at >= (wanted.at(-1)?.at ?? 0) && kind === 'wanted' && vus === 0) {
        // Nobody begins any more; who is done needs not wait for the steps that cut off others.
        void Promise.all(handles.map((handle) => handle.idle())).then(() => finished?.());
      }
    }
    for (const handle of handles) handle.stop();
    await Promise.all(handles.map((handle) => handle.idle()));
    finished?.();
  };
  void walk();
  await over;
}
