import type { Backend, Span, Trace, Window } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import type { Act, Cue } from '../show/show.ts';
import type { TalkPart } from '../talk/talk.ts';
import { aborted, withDeadline } from './deadline.ts';
import type { SpokenPart } from './events.ts';
import type { Moments } from './moments.ts';
import type { Stage } from './stage.ts';
import type { Tasks } from './tasks.ts';
import { sleepUntil } from './waiting.ts';

const showWithinMs = 3_000;
/** So many traces are looked at for the slowest one; and for the newest one, whose root span may still be on its way. */
const tracesSeen = { newest: 5, slowest: 50, failed: 5 } as const;

export interface Speech {
  readonly act: Act;
  /** When the act started, and when the run did: where live traces are looked for. */
  readonly actStart: number;
  readonly runStart: number;
  /** Aborts when the act is over: what has not been said by then is not said. */
  readonly over: AbortSignal;
  readonly moments: Moments;
  readonly tasks: Tasks;
}

/** Says what the talk has for the act: its first section at once, each other one at its cue. */
export function speak(stage: Stage, speech: Speech): void {
  const { act, over, tasks } = speech;
  const sections = stage.talk?.acts[act.name]?.sections ?? [];
  for (const { cue, parts } of sections) {
    if (cue === undefined) tasks.start(`talk of ${act.name}`, over, () => say(stage, speech, parts));
  }
  for (const cue of act.cues) {
    const parts = sections.filter((section) => section.cue === cue.name).flatMap((section) => section.parts);
    tasks.start(`cue ${cue.name} of ${act.name}`, over, async () => {
      if (await comes(stage, speech, cue)) await say(stage, speech, parts, cue.name);
    });
  }
}

/** Waits for the cue's moment; false when the act is over before. */
async function comes(stage: Stage, speech: Speech, { when }: Cue): Promise<boolean> {
  const moment =
    'atMs' in when
      ? sleepUntil(stage.clock, speech.actStart + when.atMs, speech.over).then(
          () => true,
          () => false,
        )
      : speech.moments.when(when.moment).then(() => true);
  return Promise.race([moment, aborted(speech.over).then(() => false)]);
}

async function say(stage: Stage, speech: Speech, parts: readonly TalkPart[], cue?: string): Promise<void> {
  const spoken: SpokenPart[] = [];
  for (const part of parts) spoken.push(...(await resolve(stage, speech, part)));
  stage.emit({ type: 'cue', act: speech.act.name, ...(cue === undefined ? {} : { cue }), parts: spoken });
}

async function resolve(stage: Stage, speech: Speech, part: TalkPart): Promise<readonly SpokenPart[]> {
  if (part.kind === 'say') return [part];
  const what = part.kind === 'show-trace' ? `trace of ${part.service} ${part.route}` : 'server monitor';
  try {
    const live = part.kind === 'show-trace' ? liveTrace(stage, speech, part) : stage.servers();
    const shown = await withDeadline(stage.clock, what, showWithinMs, live);
    return shown ? [shown] : [];
  } catch (error) {
    // The talk goes on without it.
    stage.emit({ type: 'trouble', message: `nothing to show for the ${what}: ${messageOf(error)}` });
    return part.kind === 'show-trace' ? [{ kind: 'trace', service: part.service, route: part.route }] : [];
  }
}

type TracePart = Extract<TalkPart, { kind: 'show-trace' }>;

async function liveTrace(stage: Stage, speech: Speech, part: TracePart): Promise<SpokenPart> {
  const shown = { kind: 'trace', service: part.service, route: part.route } as const;
  const backend = stage.backends[0];
  if (!backend) return shown;
  const to = stage.clock.now() + 1;
  const trace =
    (await pick(backend, { from: speech.actStart, to }, part)) ??
    (await pick(backend, { from: speech.runStart, to }, part));
  if (!trace) return shown;
  const link = backend.link(trace.traceId);
  return { ...shown, trace, ...(link === undefined ? {} : { link }) };
}

async function pick(backend: Backend, window: Window, part: TracePart): Promise<Trace | undefined> {
  const traces = await backend.traces(window, {
    service: part.service,
    route: part.route,
    limit: tracesSeen[part.pick],
    ...(part.pick === 'failed' ? { error: true } : {}),
  });
  if (part.pick === 'slowest') return traces.toSorted((a, b) => lengthOf(b, part) - lengthOf(a, part))[0];
  return traces.find((trace) => trace.spans.some((span) => span.parentSpanId === undefined)) ?? traces[0];
}

function lengthOf(trace: Trace, part: TracePart): number {
  return Math.max(0, ...trace.spans.filter((span) => serves(span, part)).map((span) => span.durationMs));
}

function serves({ kind, service, attributes }: Span, part: TracePart): boolean {
  const route = `${attributes['http.request.method']} ${attributes['http.route']}`;
  return kind === 'server' && service === part.service && route === part.route;
}
