import type { ErrorGroup, Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { errorOrder } from '../order.ts';
import type { HitSpan, TempoClient } from './client.ts';
import { newestFirst } from './traces.ts';
import { ofService, service, spanset } from './traceql.ts';

const traceIdsShown = 5;

/** More spans of one trace that have thrown are not looked at: Tempo 3 gives no more. */
const spansEach = 100;

interface Thrown {
  readonly traceId: string;
  readonly span: HitSpan;
}

/** A search names the type and message of what each span has thrown, so that one question gives counts and traces alike. */
export async function errors(
  client: TempoClient,
  window: Window,
  filter: { readonly service?: string },
): Promise<readonly ErrorGroup[]> {
  const thrown = spanset('event:name = "exception"', ...ofService(filter.service));
  const named = [service, 'event.exception.type', 'event.exception.message'].join(', ');
  const hits = await client.search(window, `${thrown} | select(${named})`, spansEach);
  const cut = hits.find(({ more }) => more > 0);
  if (cut) {
    throw new NoAnswer('backend-too-much', `Tempo leaves out ${cut.more} failures of trace ${cut.traceId}`, {
      hint: 'ask for one service, or look at the trace itself',
    });
  }
  const all = hits.flatMap(({ traceId, spans }) => spans.map((span) => ({ traceId, span })));
  const groups = Map.groupBy(all, ({ span }) => JSON.stringify(namesOf(span)));
  return [...groups.values()].map(groupOf).toSorted(errorOrder);
}

function groupOf(group: readonly Thrown[]): ErrorGroup {
  // A group has at least one.
  const [{ span }] = group as readonly [Thrown];
  const hits = group.map(({ traceId, span: each }) => ({ traceId, spans: [each] }));
  const traceIds = [...new Set(newestFirst(hits))].slice(0, traceIdsShown);
  return { ...namesOf(span), count: group.length, traceIds };
}

function namesOf({ attributes }: HitSpan): Pick<ErrorGroup, 'service' | 'type' | 'message'> {
  return {
    service: attributes.get('service.name') ?? '',
    type: attributes.get('exception.type') ?? '',
    message: attributes.get('exception.message') ?? '',
  };
}
