import { plannedActs, timelineOf } from '../show/timeline.ts';
import type { Tap } from '../telemetry/tap.ts';
import type { CleanUp } from './clean-up.ts';
import type { Asked, Performance } from './perform.ts';
import { withTimeFor } from './time-for.ts';
import { versionsOf } from './versions.ts';
import { watch } from './watch.ts';

const lookEveryMs = 1_000;

/** Starts the backends and says who they are: with that the run begins, for all who follow its events. */
export async function startBackends(performance: Performance, tap: Tap, cleanUp: CleanUp): Promise<Asked> {
  const { emit, show, signal, start } = performance;
  const early: string[] = [];
  const asked = await start.backends({ signal, progress: (line) => void early.push(line) }).catch((error: unknown) => {
    // What could not be started is told of a run that has a name.
    begin(performance, { ...show, versions: show.backends.map((name) => ({ name, version: 'unknown' })) });
    throw error;
  });
  const { backends } = asked;
  cleanUp.push('end what was started for the backends', () => asked.close());
  for (const backend of backends) cleanUp.push(`close backend ${backend.name}`, () => backend.close());
  const { versions, silent } = await versionsOf(backends, performance);
  begin(performance, { ...withTimeFor(show, backends), versions });
  for (const line of early) emit({ type: 'progress', line });
  for (const trouble of silent) emit({ type: 'trouble', ...trouble });
  cleanUp.push('count the telemetry', async () => {
    const delivered = await Promise.all(
      versions.map(async (version) => ({ ...version, ...(await asked.counted(version.name)) })),
    );
    emit({ type: 'telemetry', received: tap.received(), rejected: tap.rejected(), backends: delivered });
  });
  watchDelivery(performance, asked, cleanUp);
  return asked;
}

function begin(
  { id, language, runtime, engine, commandStartedAt, emit }: Performance,
  { versions, ...show }: Performance['show'] & Pick<Awaited<ReturnType<typeof versionsOf>>, 'versions'>,
): void {
  const { name, title } = show;
  const acts = plannedActs(timelineOf(show));
  emit({
    type: 'run-started',
    id,
    show: name,
    title,
    language,
    runtime,
    engine,
    backends: versions,
    acts,
    commandStartedAt,
  });
}

/** Tells each trouble with a backend when it begins, not only when a verdict suffers from it. */
function watchDelivery(performance: Performance, asked: Asked, cleanUp: CleanUp): void {
  let known: ReadonlySet<string> = new Set();
  const look = (): void => {
    const now = new Set(asked.troubles());
    for (const message of now) if (!known.has(message)) performance.emit({ type: 'trouble', message });
    known = now;
  };
  watch(performance, cleanUp, { what: 'backends', everyMs: lookEveryMs, look });
}
