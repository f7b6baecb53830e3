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
 * The limits are wide enough for a busy laptop with two cores, where whatever runs in a pause waits until it is over, and narrow
 * enough that a service that got twice as slow, and by 100 ms on top, is caught. Of fewer than `many` requests the p95 is the
 * time of the few that met a pause, now or in the calm act, so the mean is judged instead; of fewer than `least` the errors only.
 */
const requestsFor = { many: 200, few: 20, least: 10 };
const allowed = {
  p95: { factor: 2, slackMs: 100 },
  mean: { factor: 1.5, slackMs: 75 },
  meanOfFew: { factor: 2, slackMs: 150 },
  errors: { points: 1, least: 3 },
};

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
  if (now.errorCount < allowed.errors.least || percent <= before + allowed.errors.points) return undefined;
  return `error rate ${change('percent', percent, before)}`;
}

function slower(now: Group, then: Group): string | undefined {
  const judged = Math.min(now.count, then.count);
  if (judged < requestsFor.least) return undefined;
  const mean = judged < requestsFor.few ? allowed.meanOfFew : allowed.mean;
  if (exceeds(now.avgMs, then.avgMs, mean)) return `mean ${change('duration', now.avgMs, then.avgMs)}`;
  if (judged < requestsFor.many || !exceeds(now.p95Ms, then.p95Ms, allowed.p95)) return undefined;
  return `p95 ${change('duration', now.p95Ms, then.p95Ms)}`;
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
