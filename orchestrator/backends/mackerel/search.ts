import type { Trace, TraceFilter, Window } from '../backend.ts';
import { traceLimit, tracesOf } from '../computed/index.ts';
import type { Summary } from './answers.ts';
import type { AttributeCondition, ListQuestion } from './client.ts';
import { type Asking, fetchAll, maxPages, tooMuch, touches } from './listing.ts';
import { around, isEmpty } from './windows.ts';

/** Traces fetched at a time: more of them may be more than are needed. */
const batch = 8;

/**
 * Whole traces that match, newest first. Mackerel's list narrows the search; what it lists is fetched, newest first, and matched here
 * span by span, until there are enough. Throws a NoAnswer where too many would have to be fetched.
 */
export async function traces(asking: Asking, window: Window, filter: TraceFilter): Promise<readonly Trace[]> {
  if (isEmpty(window) || traceLimit(filter.limit) === 0) return [];
  const services = filter.service === undefined ? asking.settings.services : [filter.service];
  const lists = services.flatMap((service) => narrowed(filter).map((part) => new List(asking, window, service, part)));
  const candidates = new Candidates(asking, window, filter);
  for (;;) {
    // A list's next page is read once everything newer in it is known.
    const pages = await Promise.all(lists.filter(({ more }) => more).map((list) => list.next()));
    candidates.add(pages.flat());
    const oldest = Math.max(-Infinity, ...lists.filter(({ more }) => more).map((list) => list.reached));
    if (await candidates.match(oldest)) return candidates.matched;
  }
}

/** Conditions that Mackerel can be given, none of which leaves out what matches; one listing for each. */
function narrowed(filter: TraceFilter): readonly Omit<ListQuestion, 'service' | 'seconds'>[] {
  const { error, route, minDurationMs = 0, attributes = {} } = filter;
  const common = {
    ...(error === true && { statusCode: 'ERROR' as const }),
    ...(minDurationMs >= 1 && { minLatencyMillis: Math.floor(minDurationMs) }),
  };
  const ofRoute = routeConditions(route);
  // A number or truth value would have to be given with its type.
  const text = Object.entries(attributes).find(([, value]) => !isTyped(value));
  if (!text) return [{ ...common, attributes: ofRoute }];
  const condition = equal(...text);
  return [
    { ...common, attributes: [...ofRoute, condition] },
    { ...common, attributes: ofRoute, resourceAttributes: [condition] },
  ];
}

/** For `METHOD /route`. */
export function routeConditions(route: string | undefined): readonly AttributeCondition[] {
  if (route === undefined) return [];
  const space = route.indexOf(' ');
  return [
    equal('http.request.method', route.slice(0, Math.max(0, space))),
    equal('http.route', route.slice(space + 1)),
  ];
}

function equal(key: string, value: string): AttributeCondition {
  return { key, value, operator: 'EQ', type: 'string' };
}

function isTyped(value: string): boolean {
  return value.trim() === '' || value === 'true' || value === 'false' || !Number.isNaN(Number(value));
}

/** One list of traces, read page by page. */
class List {
  readonly #asking: Asking;
  readonly #window: Window;
  readonly #question: ListQuestion;
  #page = 0;
  more = true;
  /** How far back it has been read. Epoch seconds. */
  reached = Infinity;

  constructor(asking: Asking, window: Window, service: string, part: Omit<ListQuestion, 'service' | 'seconds'>) {
    this.#asking = asking;
    this.#window = window;
    this.#question = { service, seconds: around(window), ...part };
  }

  async next(): Promise<readonly Summary[]> {
    this.#page += 1;
    const { name, client, settings } = this.#asking;
    if (this.#page > maxPages) throw tooMuch(name, settings.limits.maxTraces);
    const { results, hasNextPage } = await client.listTraces(this.#question, this.#page);
    this.more = hasNextPage;
    this.reached = Math.min(this.reached, ...results.map(({ serviceStartAt }) => serviceStartAt));
    return results.filter((summary) => touches(summary, this.#window));
  }
}

/** Listed traces, those that have been fetched, and those of them that match. */
class Candidates {
  readonly #asking: Asking;
  readonly #window: Window;
  readonly #filter: TraceFilter;
  readonly #limit: number;
  /** By trace id; a trace may be in several lists. */
  readonly #listed = new Map<string, Summary>();
  readonly #fetched = new Map<string, Trace>();
  matched: readonly Trace[] = [];

  constructor(asking: Asking, window: Window, filter: TraceFilter) {
    this.#asking = asking;
    this.#window = window;
    this.#filter = filter;
    this.#limit = traceLimit(filter.limit);
  }

  add(summaries: readonly Summary[]): void {
    for (const summary of summaries) {
      const known = this.#listed.get(summary.traceId);
      if (!known || known.serviceStartAt < summary.serviceStartAt) this.#listed.set(summary.traceId, summary);
    }
  }

  /** Fetches what may be among the newest matches, and says whether these are known. Lists are read as far back as `oldest` (epoch seconds; -Infinity: to their ends). */
  async match(oldest: number): Promise<boolean> {
    for (;;) {
      const since = this.#since();
      const next = [...this.#listed.values()]
        .filter(({ traceId, serviceStartAt }) => !this.#fetched.has(traceId) && serviceStartAt >= since)
        .toSorted((a, b) => b.serviceStartAt - a.serviceStartAt)
        .slice(0, batch);
      if (next.length === 0) return oldest === -Infinity || oldest < since;
      const { name, settings } = this.#asking;
      if (this.#fetched.size + next.length > settings.limits.maxTraces) throw tooMuch(name, settings.limits.maxTraces);
      for (const trace of await fetchAll(this.#asking, next)) this.#fetched.set(trace.traceId, trace);
      this.matched = tracesOf(this.#fetched.values(), this.#window, this.#filter);
    }
  }

  /** What began before this second is not among the newest matches. */
  #since(): number {
    if (this.matched.length < this.#limit) return -Infinity;
    return Math.min(...this.matched.map(({ traceId }) => this.#listed.get(traceId)?.serviceStartAt ?? -Infinity));
  }
}
