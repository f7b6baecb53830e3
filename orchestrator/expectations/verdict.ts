import type { Backend, Window } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import { deliveryLagMs } from './endpoint.ts';
import type { Verdict } from './expectation.ts';
import type { JudgeContext } from './context.ts';
import { answerOf, type Look, neededBy } from './poll.ts';

interface Reasoned {
  readonly verdict: Verdict;
  readonly reason: string;
}

const verdicts = { met: 'met', 'not-met': 'not-met', 'no-baseline': 'unverified' } as const;

/**
 * What the last look at the backend comes to. Silence is never a pass, and says who was silent. `seenIsEnough`: an anomaly that was seen is
 * there, whatever else was lost on the way; that nothing has changed can only be said of all there was.
 */
export async function verdictOf(
  context: JudgeContext,
  look: Look,
  { seenIsEnough }: { readonly seenIsEnough: boolean },
): Promise<Reasoned> {
  const { verdict, reason } = await reasoned(context, look);
  const { backend } = context;
  const { judgedBy, name } = backend;
  const lost = verdict === 'unverified' ? undefined : lossOf(context, look, verdict === 'met' && seenIsEnough);
  const by = judgedBy ? ` (judged by the ${judgedBy} backend: ${name} cannot be asked)` : '';
  const told = `${reason}${by}${verdict === 'met' ? '' : skewOf(backend)}`;
  return lost ? { verdict: 'unverified', reason: `${lost}; ${told}` } : { verdict, reason: told };
}

/** What of the windows that a verdict stands on was lost; `isSeen`: of the calm act alone, since what was seen is there. */
function lossOf(context: JudgeContext, look: Look, isSeen: boolean): string | undefined {
  const { backend, baseline, kind, spec } = context;
  // Where somebody else judges, nobody has seen that it arrived; and what gets less may have been lost.
  const isThere = isSeen && !backend.judgedBy && !kind.lossLooksLikeIt?.(spec.params);
  const now = isThere ? undefined : lostOnTheWay(context, look.window);
  return now ?? (look.before && baseline ? lostOnTheWay(context, baseline) : undefined);
}

/** Clocks this far apart may be why a window is empty: some backends leave out what is younger than their own now. Milliseconds. */
const skewToldMs = 5000;

function skewOf({ skewMs }: Backend): string {
  const skew = skewMs?.() ?? 0;
  if (Math.abs(skew) < skewToldMs) return '';
  return ` (its clock is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} ours)`;
}

/** A record that has been on its way for less may only have met a busy moment. Milliseconds. */
const usualWayMs = 5000;

/** What of a window has not reached the backend. Records come to the tap a little after their time. */
function lostOnTheWay({ clock, undelivered, backend }: JudgeContext, { from, to }: Window): string | undefined {
  const { dropped, trouble } = undelivered({ from, to: to + deliveryLagMs });
  const { waiting } = undelivered({ from, to: Math.min(to + deliveryLagMs, clock.now() - usualWayMs) });
  if (dropped + waiting === 0) return undefined;
  const parts = [
    ...(dropped > 0 ? [`${dropped} records were lost on the way to ${backend.name}`] : []),
    ...(waiting > 0 ? [`${waiting} records still wait to be sent to ${backend.name}`] : []),
  ];
  return `${parts.join(', ')}${trouble ? ` (${trouble})` : ''}`;
}

async function reasoned(context: JudgeContext, look: Look): Promise<Reasoned> {
  if (look.state === 'too-early') return { verdict: 'unverified', reason: 'the time to judge was too short' };
  if (look.state === 'too-little') return tooLittle(context, look);
  if (look.state === 'unanswered') {
    return { verdict: 'unverified', reason: `${context.backend.name} did not answer: ${look.error}` };
  }
  const { outcome, reason } = look.judgement;
  return (outcome === 'met' && (await silenceOf(context, look))) || { verdict: verdicts[outcome], reason };
}

/** A load that sends less than this share of what it sent in the calm act is a reason of its own for less of everything. */
const steadyShare = 0.5;
/** Metrics come every 5 s from every service: in so long a time some of them do. Milliseconds. */
const heardWithinMs = 6000;

/** What gets less may be the load that sends less, or telemetry that is missing: then nobody has seen that the fault did it. */
async function silenceOf(context: JudgeContext, { window }: Look): Promise<Reasoned | undefined> {
  const { baseline, kind, spec } = context;
  if (!kind.lossLooksLikeIt?.(spec.params)) return undefined;
  // The load's own reports come a little late: of a short window only the first half is sure to be told.
  const told = { from: window.from, to: window.to - Math.min(deliveryLagMs, (window.to - window.from) / 2) };
  const [now, calm] = [perSecond(context, told), baseline ? perSecond(context, baseline) : 0];
  if (now === 0 || now < steadyShare * calm) {
    const reason = `the load itself sent ${now.toFixed(1)} requests/s, ${calm.toFixed(1)}/s in the calm act`;
    return { verdict: 'no-load', reason };
  }
  const recent = { from: Math.max(window.from, window.to - heardWithinMs), to: window.to };
  try {
    for (const { service } of kind.targets(spec.params)) {
      if (await answerOf(context, context.othersHeard(service, recent))) continue;
      return { verdict: 'unverified', reason: `telemetry is missing: ${service} is silent, and so is everybody else` };
    }
    return undefined;
  } catch (error) {
    return unknownArrival(context, error);
  }
}

const perSecond = ({ requestsSent }: JudgeContext, window: Window): number =>
  (1000 * requestsSent(window)) / (window.to - window.from);

function unknownArrival({ signal }: JudgeContext, error: unknown): Reasoned {
  signal.throwIfAborted();
  return { verdict: 'unverified', reason: `whether telemetry arrived is not known: ${messageOf(error)}` };
}

/** Too few requests in the backend: they were not sent, or their telemetry did not arrive, or they went elsewhere. */
async function tooLittle(context: JudgeContext, { window, seen }: Look): Promise<Reasoned> {
  const { backend, kind, spec } = context;
  const needed = neededBy(context);
  const sent = context.requestsSent(window);
  if (sent < needed) return { verdict: 'no-load', reason: `the load sent ${sent} requests, ${needed} are needed` };
  try {
    for (const { service } of kind.targets(spec.params)) {
      const missing = await missingOf(context, service, { window, needed });
      if (missing) return { verdict: 'unverified', reason: missing };
    }
  } catch (error) {
    return unknownArrival(context, error);
  }
  return { verdict: 'no-load', reason: `${backend.name} has ${seen?.requests ?? 0} requests, ${needed} are needed` };
}

/** Where a service's telemetry was lost, on its way to the tap or in the backend; undefined when the backend shows enough of it. */
async function missingOf(
  context: JudgeContext,
  service: string,
  { window, needed }: { readonly window: Window; readonly needed: number },
): Promise<string | undefined> {
  const spans = await context.spansReceived(service, window);
  if (spans < needed) return `telemetry of ${service} is missing (${spans} spans reached the tap)`;
  const shown = await answerOf(context, shownOf(context.backend, window, service));
  if (shown >= needed) return undefined;
  return `${spans} spans of ${service} reached the tap, ${context.backend.name} shows ${shown} requests and queries`;
}

/** Requests to a service and queries it made, as far as the backend can be asked for them. */
async function shownOf(backend: Backend, window: Window, service: string): Promise<number> {
  const asked = (['endpoints', 'queries'] as const).filter((question) => backend.how[question] !== 'unsupported');
  const rows = await Promise.all(asked.map((question) => backend[question](window, { service })));
  return rows.flat().reduce((sum, { count }) => sum + count, 0);
}
