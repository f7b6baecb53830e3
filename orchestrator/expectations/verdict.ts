import type { Window } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import type { Verdict } from './expectation.ts';
import type { JudgeContext } from './judge.ts';
import type { Look } from './poll.ts';

interface Reasoned {
  readonly verdict: Verdict;
  readonly reason: string;
}

const verdicts = { met: 'met', 'not-met': 'not-met', 'no-baseline': 'unverified' } as const;

/** What the last look at the backend comes to. Silence is never a pass, and says who was silent. */
export async function verdictOf(context: JudgeContext, look: Look): Promise<Reasoned> {
  if (look.state === 'too-early') return { verdict: 'unverified', reason: 'the time to judge was too short' };
  if (look.state === 'too-little') return tooLittle(context, look);
  if (look.state === 'unanswered') {
    return { verdict: 'unverified', reason: `${context.backend.name} did not answer: ${look.error}` };
  }
  return { verdict: verdicts[look.judgement.outcome], reason: look.judgement.reason };
}

/** Too few requests in the backend: none were sent, or their telemetry did not arrive, or they went elsewhere. */
async function tooLittle(context: JudgeContext, { window, seen }: Look): Promise<Reasoned> {
  const { backend, kind, spec } = context;
  const needed = spec.minRequests ?? kind.minRequests;
  const sent = context.requestsSent(window);
  if (sent < needed) return { verdict: 'no-load', reason: `the load sent ${sent} requests, ${needed} are needed` };
  const requests = seen?.requests ?? 0;
  try {
    const silent = await silentService(context, window, requests);
    if (silent) return { verdict: 'unverified', reason: `no telemetry from ${silent}` };
  } catch (error) {
    return { verdict: 'unverified', reason: `whether telemetry arrived is not known: ${messageOf(error)}` };
  }
  return { verdict: 'no-load', reason: `${backend.name} has ${requests} requests, ${needed} are needed` };
}

/** The first target without a span at the tap. `all` names no service: there, no request at all is the sign. */
async function silentService({ kind, spec, spansReceived }: JudgeContext, window: Window, requests: number) {
  for (const { service } of kind.targets(spec.params)) {
    if (service === 'all' ? requests === 0 : (await spansReceived(service, window)) === 0)
      return service === 'all' ? 'the shop' : service;
  }
  return undefined;
}
