import type { Span, Trace, Window } from '../backend.ts';
import { tracesOfSpans } from '../computed/index.ts';
import { NoAnswer } from '../http.ts';
import type { FindSpans } from './search.ts';

/** Time is asked for in aligned slices of this length, so that questions about overlapping windows share them. Milliseconds. */
const sliceMs = 2000;
/** Slices of one request, at most. */
const maxRun = 10;
const maxRequests = 4;
/** A window longer than this is not asked for. */
const maxWindowMs = 6 * 3_600_000;
/** What was asked for a slice that ended so long before is taken for all there ever will be. */
const finalAfterMs = 60_000;
/** What is new is looked at again after this long. */
const freshMs = 500;
/** Spans that are kept for the next question, unless one question alone needs more. */
const maxSpans = 150_000;

interface Slice {
  readonly index: number;
  /** Whole traces with a span that begins in it, by id. */
  traces: ReadonlyMap<string, Trace>;
  /** When it was asked for, epoch ms; undefined before the first answer. */
  asOf: number | undefined;
  pending: Promise<void> | undefined;
}

/**
 * The whole traces of a window. Keeps what has been found, and asks again only for slices that may still grow: the younger a slice, the sooner. A
 * span that takes longer than everything around it is therefore seen somewhat later, by a third of the time since it began at most; one that
 * arrives more than `finalAfterMs` after it began may be missed.
 */
export class SlicedTraces {
  readonly #find: FindSpans;
  /** Epoch milliseconds. */
  readonly #now: () => number;
  /** What was asked for last is last. */
  readonly #slices = new Map<number, Slice>();
  /** Counts what changes in them. */
  #changes = 0;
  /** Several questions about one window are asked at once. */
  #last: { readonly key: string; readonly traces: readonly Trace[] } | undefined;

  constructor(find: FindSpans, now: () => number) {
    this.#find = find;
    this.#now = now;
  }

  async in(window: Window): Promise<readonly Trace[]> {
    if (!(window.from < window.to)) return [];
    const needed = indexesOf(window).map((index) => this.#sliceAt(index));
    await this.#refresh(needed);
    this.#forgetAllBut(needed);
    const key = `${needed[0]?.index} ${needed.length} ${this.#changes}`;
    if (this.#last?.key !== key) this.#last = { key, traces: merged(needed, this.#slices.values()) };
    return this.#last.traces;
  }

  #sliceAt(index: number): Slice {
    const slice = this.#slices.get(index) ?? { index, traces: new Map(), asOf: undefined, pending: undefined };
    this.#slices.delete(index);
    this.#slices.set(index, slice);
    return slice;
  }

  /** Asks for what is stale, in a few requests at a time, and waits for what others have asked for. */
  async #refresh(needed: readonly Slice[]): Promise<void> {
    const waits = new Set(needed.flatMap(({ pending }) => (pending ? [pending] : [])));
    const lanes: Promise<void>[] = Array.from({ length: maxRequests }, () => Promise.resolve());
    const now = this.#now();
    for (const [at, run] of runsOf(needed.filter((slice) => !slice.pending && isStale(slice, now))).entries()) {
      const lane = at % maxRequests;
      const asked = this.#askAfter(run, lanes[lane]);
      lanes[lane] = asked;
      waits.add(asked);
    }
    await Promise.all(waits);
  }

  #askAfter(run: readonly Slice[], before: Promise<void> | undefined): Promise<void> {
    const pending = Promise.resolve(before)
      .then(() => this.#ask(run))
      .finally(() => {
        for (const slice of run) slice.pending = undefined;
      });
    for (const slice of run) slice.pending = pending;
    return pending;
  }

  async #ask(run: readonly Slice[]): Promise<void> {
    const asOf = this.#now();
    const first = run[0]?.index ?? 0;
    const spans = await this.#find(first * sliceMs, (first + run.length) * sliceMs);
    const byIndex = new Map(run.map(({ index }) => [index, new Map<string, Trace>()]));
    for (const trace of tracesOfSpans(spans)) {
      for (const { startMs } of trace.spans) byIndex.get(Math.floor(startMs / sliceMs))?.set(trace.traceId, trace);
    }
    for (const slice of run) {
      slice.traces = byIndex.get(slice.index) ?? new Map();
      slice.asOf = asOf;
    }
    this.#changes += 1;
  }

  #forgetAllBut(needed: readonly Slice[]): void {
    const keep = new Set(needed);
    let spans = [...this.#slices.values()].reduce((sum, slice) => sum + sizeOf(slice), 0);
    for (const slice of this.#slices.values()) {
      if (spans <= maxSpans) return;
      if (keep.has(slice) || slice.pending) continue;
      this.#slices.delete(slice.index);
      spans -= sizeOf(slice);
    }
  }
}

function indexesOf({ from, to }: Window): readonly number[] {
  if (to - from > maxWindowMs) {
    throw new NoAnswer('backend-too-much', `a window of ${Math.round((to - from) / 60_000)} minutes is too long`, {
      hint: `ask for at most ${maxWindowMs / 3_600_000} hours`,
    });
  }
  const first = Math.floor(from / sliceMs);
  return Array.from({ length: Math.ceil(to / sliceMs) - first }, (_, at) => first + at);
}

function isStale({ index, asOf }: Slice, at: number): boolean {
  if (asOf === undefined) return true;
  const end = (index + 1) * sliceMs;
  return asOf < end + finalAfterMs && at - asOf > Math.max(freshMs, (at - end) / 3);
}

/** Slices that follow each other, so that one request asks for all of them. */
function runsOf(stale: readonly Slice[]): readonly (readonly Slice[])[] {
  const runs: Slice[][] = [];
  for (const slice of stale) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && last.index + 1 === slice.index && run.length < maxRun) run.push(slice);
    else runs.push([slice]);
  }
  return runs;
}

function sizeOf({ traces }: Slice): number {
  let spans = 0;
  for (const trace of traces.values()) spans += trace.spans.length;
  return spans;
}

/** The traces of the slices that are needed, with what any other slice knows of them: a message may be taken from its queue much later. */
function merged(needed: readonly Slice[], known: Iterable<Slice>): readonly Trace[] {
  const parts = new Map<string, Set<Trace>>();
  for (const { traces } of needed) for (const id of traces.keys()) parts.set(id, new Set());
  for (const { traces } of known) for (const [id, trace] of traces) parts.get(id)?.add(trace);
  return [...parts.values()].flatMap((versions) => {
    const [only] = versions;
    if (versions.size === 1 && only) return [only];
    const spans = new Map<string, Span>();
    for (const version of versions) for (const span of version.spans) spans.set(span.spanId, span);
    return tracesOfSpans(spans.values());
  });
}
