import type { Backend, Page, Span, Trace, Window } from '../backends/backend.ts';
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
/** A trace that the talk speaks of is waited for this long: its last spans are on their way, or nobody has ordered yet. */
const traceWithinMs = 15_000;
const lookEveryMs = 1_000;
const tendenciesShown = 3;
/** So many traces are looked at for the slowest one; and for the newest one, whose root span may still be on its way. */
const tracesSeen = { newest: 5, slowest: 50, failed: 5 } as const;

export interface Speech {
  readonly act: Act;
  /** When the act started, and when the run did: since when live traces are looked for. */
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
  try {
    const shown = await live(stage, speech, part);
    return shown ? [shown] : [];
  } catch (error) {
    speech.over.throwIfAborted();
    // The talk goes on without it.
    stage.emit({ type: 'trouble', message: `nothing to show for the ${nameOf(part)}: ${messageOf(error)}` });
    return part.kind === 'show-trace' ? [{ kind: 'trace', service: part.service, route: part.route }] : [];
  }
}

type TracePart = Extract<TalkPart, { kind: 'show-trace' }>;
type TendencyPart = Extract<TalkPart, { kind: 'show-tendency' }>;
type LivePart = Exclude<TalkPart, { kind: 'say' }>;

function nameOf(part: LivePart): string {
  if (part.kind === 'show-servers') return 'server monitor';
  return `${part.kind === 'show-trace' ? 'trace' : 'tendency'} of ${part.service} ${part.route}`;
}

function live(stage: Stage, speech: Speech, part: LivePart): Promise<SpokenPart | undefined> {
  if (part.kind === 'show-trace') return liveTrace(stage, speech, part);
  const asked = part.kind === 'show-servers' ? stage.servers() : liveTendency(stage, speech, part);
  return withDeadline(stage.clock, nameOf(part), showWithinMs, asked);
}

async function liveTendency(stage: Stage, speech: Speech, part: TendencyPart): Promise<SpokenPart | undefined> {
  const { service, route } = part;
  const window = { from: speech.actStart, to: stage.clock.now() + 1 };
  const rows = await stage.live.tendency(window, { service, route, bad: { error: true } });
  const top = rows.slice(0, tendenciesShown).map(({ attribute, value, badShare, goodShare }) => ({
    attribute,
    value,
    badShare,
    goodShare,
  }));
  return { kind: 'tendency', service, route, top };
}

/** Looks once a second until there is such a trace; rejects when the act is over before. */
async function liveTrace(
  { backends, clock, live: backend }: Stage,
  speech: Speech,
  part: TracePart,
): Promise<SpokenPart> {
  const shown = { kind: 'trace', service: part.service, route: part.route } as const;
  // Any request may be the newest; what was slow or failed in another act is another story.
  const from = part.pick === 'newest' ? speech.runStart : speech.actStart;
  const end = clock.now() + traceWithinMs;
  for (;;) {
    const window = { from, to: clock.now() + 1 };
    const trace = await withDeadline(clock, nameOf(part), showWithinMs, pick(backend, window, part));
    if (trace) {
      const link = firstLink(backends, { of: 'trace', traceId: trace.traceId }, window);
      return { ...shown, trace, ...(link === undefined ? {} : { link }) };
    }
    if (clock.now() >= end) return shown;
    await clock.sleep(lookEveryMs, speech.over);
  }
}

/** The page of the first backend that has one: what the audience is to look at. */
function firstLink(backends: readonly Backend[], page: Page, window: Window): string | undefined {
  return backends.map((backend) => backend.link(page, window)).find((link) => link !== undefined);
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
