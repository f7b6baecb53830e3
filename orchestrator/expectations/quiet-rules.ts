import { change } from './comparison.ts';

/** Requests to one endpoint, or executions of one query text, of a service. */
export interface Group {
  readonly kind: 'endpoint' | 'query';
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

/*
 * The limits are wide enough for a busy laptop with two cores, where a pause of a second hits whatever runs in it, and
 * narrow enough that a service that got twice as slow, and by more than 100 ms, is always caught.
 */
const allowed = { factor: 2, slackMs: 100, errorPoints: 1, errorsAtLeast: 3 };

/** A p95 of fewer is one or two requests' time: the mean is judged instead, and of fewer than `mean` only the errors. */
const requestsFor = { steadyP95: 200, p95: 20, mean: 10 };

/** Of so few requests one that waits for a second moves the mean by 100 ms. */
const allowedMean = { factor: 2, slackMs: 150 };

/** How far the mean must have moved with a p95 that stands on few requests. */
const movedMean = { factor: 1.3, slackMs: 30 };

/** What is wrong by itself, without a comparison: more than 1 % of a service's requests failed. */
export function problemsIn(groups: readonly Group[]): readonly string[] {
  const served = groups.filter(({ kind }) => kind === 'endpoint');
  return [...Map.groupBy(served, ({ service }) => service)].flatMap(([service, endpoints]) => {
    const requests = endpoints.reduce((sum, { count }) => sum + count, 0);
    const errors = endpoints.reduce((sum, { errorCount }) => sum + errorCount, 0);
    const percent = (100 * errors) / requests;
    return errors >= 2 && percent > 1 ? [`${service} fails ${errors} of ${requests} requests`] : [];
  });
}

/** What got slower or fails more than in the calm act. Groups that the calm act did not have are judged on their errors. */
export function problemsSince(groups: readonly Group[], calm: readonly Group[]): readonly string[] {
  const before = new Map(calm.map((group) => [key(group), group]));
  return groups.flatMap((now) => {
    const then = before.get(key(now));
    const problem = moreErrors(now, then) ?? (then && slower(now, then));
    return problem ? [`${now.service} ${now.name}: ${problem}`] : [];
  });
}

function moreErrors(now: Group, then: Group | undefined): string | undefined {
  const percent = percentFailed(now);
  const before = then ? percentFailed(then) : 0;
  if (now.errorCount < allowed.errorsAtLeast || percent <= before + allowed.errorPoints) return undefined;
  return `error rate ${change('percent', percent, before)}`;
}

function slower(now: Group, then: Group): string | undefined {
  const judged = Math.min(now.count, then.count);
  if (judged < requestsFor.mean) return undefined;
  if (judged < requestsFor.p95) {
    return exceeds(now.avgMs, then.avgMs, allowedMean)
      ? `mean ${change('duration', now.avgMs, then.avgMs)}`
      : undefined;
  }
  // A pause lifts the p95 of few requests; the mean moves with it only if most of them are slower.
  const moved = judged >= requestsFor.steadyP95 || exceeds(now.avgMs, then.avgMs, movedMean);
  return moved && exceeds(now.p95Ms, then.p95Ms, allowed)
    ? `p95 ${change('duration', now.p95Ms, then.p95Ms)}`
    : undefined;
}

function exceeds(now: number, then: number, { factor, slackMs }: { factor: number; slackMs: number }): boolean {
  return now > Math.max(factor * then, then + slackMs);
}

function percentFailed({ errorCount, count }: Group): number {
  return count === 0 ? 0 : (100 * errorCount) / count;
}

function key({ kind, service, name }: Group): string {
  return `${kind} ${service} ${name}`;
}
