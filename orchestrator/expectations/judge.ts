import type { Window } from '../backends/backend.ts';
import type { ExpectationVerdict, RecoveryVerdict } from '../conductor/events.ts';
import type { JudgeContext } from './context.ts';
import { deliveryLagMs } from './endpoint.ts';
import { type ExpectationKind, heals, howOf } from './expectation.ts';
import { lateBy, poll, within } from './poll.ts';
import { verdictOf } from './verdict.ts';

/** What is judged is the recent past: an anomaly that came late is not drowned, and stragglers after an undo slide out. */
const slidingMs = 15_000;

/** Requests that start this soon after an undo may still meet a connection or an instance from before it. */
const settleMs = 1000;

/** What appears must be seen by two looks this far apart, a long duration also in what came between them. */
const confirmMs = 1000;

/** The shortest time without the anomaly that counts as a recovery. */
const healthyForMs = 4000;

/** How long after the undo a recovery can be told at the earliest: the time to heal must be longer. Milliseconds. */
export function earliestRecoveryMs({ minWindowMs = 0 }: Pick<ExpectationKind, 'minWindowMs'>): number {
  // Windows are whole seconds.
  return settleMs + Math.max(healthyForMs, minWindowMs) + deliveryLagMs + 1000;
}

/** Where a pause of the machine may hide a recovery, the last so many ms of each look tell it, for `healthyForMs` on end. */
const healthyAgainMs = 6000;

/**
 * Polls the backend until the expectation is met or out of time; never throws but for an aborted signal. `timeToVisibleMs` is the
 * time of the first of the looks that show an anomaly: it was on the screen then, the later ones only tell it from a short pause.
 */
export async function judgeExpectation(context: JudgeContext): Promise<Omit<ExpectationVerdict, 'act'>> {
  const { backend, clock, kind, since, spec } = context;
  const { delayMs } = backend.pace;
  const stays = kind.timing(spec.params) === 'stays';
  if (stays) await within(context, context.deadline - clock.now(), context.settled);
  const last = await poll(context, {
    windowAt(now) {
      const to = now - delayMs;
      return wholeSeconds(
        stays ? { from: since, to: to - deliveryLagMs } : { from: Math.max(since, to - slidingMs), to },
      );
    },
    ripe: ({ from, to }) => to > from && clock.now() - delayMs - since >= (kind.minWindowMs ?? 0),
    judge: (seen, baseline) => kind.judge(spec.params, seen, baseline),
    decides: ({ outcome }) => stays || outcome !== 'not-met',
    confirmMs: stays ? 0 : confirmMs,
  });
  const { verdict, reason } = await verdictOf(context, last, { seenIsEnough: !stays });
  return {
    kind: spec.kind,
    text: kind.text(spec.params),
    backend: backend.name,
    how: howOf(kind, backend),
    ...(backend.judgedBy && { judgedBy: backend.judgedBy }),
    verdict,
    reason,
    timeToVisibleMs: last.metAt !== undefined && !stays ? last.metAt - since : null,
    evidence: {
      before: last.before?.values ?? null,
      now: last.seen?.values ?? null,
      traceIds: last.seen?.traceIds ?? [],
    },
  };
}

/** Polls the backend until the anomaly is gone or out of time; undefined for what has nothing to heal. */
export async function judgeRecovery(context: JudgeContext): Promise<Omit<RecoveryVerdict, 'act'> | undefined> {
  const { backend, kind, since, spec } = context;
  if (!kind.healed || !heals(kind, spec.params)) return undefined;
  const healed = kind.healed.bind(kind);
  // What still is as slow as it was must have had the time to end.
  const lateMs = lateBy(context.appeared);
  const last = await poll(
    { ...context, deadline: context.deadline + lateMs },
    {
      windowAt(now) {
        const to = now - backend.pace.delayMs - deliveryLagMs - lateMs;
        return wholeSeconds({ from: Math.max(since + settleMs, to - slidingMs), to });
      },
      ripe: ({ from, to }) => to - from >= Math.max(healthyForMs, kind.minWindowMs ?? 0),
      judge: (seen, baseline) => healed(spec.params, seen, baseline),
      decides: ({ outcome }) => outcome !== 'not-met',
      confirmMs: 0,
      spared: { lengthMs: Math.max(healthyAgainMs, kind.minWindowMs ?? 0), confirmMs: healthyForMs },
    },
  );
  const { verdict, reason } = await verdictOf(context, last, { seenIsEnough: false });
  const healedMs = last.metAt === undefined ? null : last.metAt - since;
  const { name, judgedBy } = backend;
  return { text: kind.text(spec.params), backend: name, ...(judgedBy && { judgedBy }), verdict, reason, healedMs };
}

/** What every backend can be asked for, and the same for all expectations of an act, so that they share answers. Nothing from outside comes in. */
function wholeSeconds({ from, to }: Window): Window {
  return { from: Math.ceil(from / 1000) * 1000, to: Math.floor(to / 1000) * 1000 };
}
