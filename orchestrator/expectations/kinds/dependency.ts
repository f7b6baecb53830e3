import { z } from 'zod';
import type { Dependency } from '../../backends/backend.ts';
import { allOf, backToNormal, type Bound, boundOn, compare, timingOf } from '../comparison.ts';
import { delivered, deliveryLagMs, exampleTraces } from '../endpoint.ts';
import type { ExpectationKind, Judgement, Observation } from '../expectation.ts';
import { calmValue, numberOf, serviceName } from '../parameters.ts';

const schema = z.strictObject({
  from: serviceName,
  to: z
    .string()
    .min(1)
    .meta({
      description: 'Who is called: a service, a database, or a peer that sends no telemetry.',
      examples: ['payment', 'bank'],
    }),
  p95: boundOn('duration').optional(),
  calls: boundOn('rate').optional(),
  errors: boundOn('percent').optional(),
});
type Params = z.output<typeof schema>;

const minRequests = 10;

interface Measure {
  readonly bound: Bound;
  readonly name: string;
  readonly value: 'p95Ms' | 'callsPerSecond' | 'errorPercent';
  readonly back: { readonly factor: number; readonly slack: number };
}

/**
 * One service calls another, or a database, or a peer without telemetry: the edge exists and every bound given holds. It stays only
 * where every bound does: beside one that describes an anomaly the others are judged at the same moment.
 */
export const dependency: ExpectationKind<Params> = {
  params: schema,
  text: (params) =>
    `${params.from} -> ${params.to}${
      measures(params)
        .map(({ name, bound }) => ` ${name} ${bound.text}`)
        .join(',') || ' is called'
    }`,
  targets: ({ from }) => [{ service: from }],
  asks: ['dependencies'],
  timing(params) {
    const bounds = measures(params).map(({ bound }) => bound);
    return bounds.length > 0 && bounds.every((bound) => timingOf(bound) === 'stays') ? 'stays' : 'appears';
  },
  lossLooksLikeIt: (params) => measures(params).some(({ bound }) => bound.operator.startsWith('<')),
  calm: true,
  minRequests,
  minWindowMs: deliveryLagMs + 1000,
  async observe(backend, window, { from, to, calls }) {
    const asked = calls ? delivered(window) : window;
    const edges = await backend.dependencies(asked);
    const outgoing = edges.filter((edge) => edge.from === from);
    const asExpected = outgoing.find((edge) => edge.to === to && edge.count > 0);
    if (asExpected) {
      const slow = { attributes: { 'peer.service': to }, minDurationMs: asExpected.p95Ms * 0.9 };
      const traceIds = await exampleTraces(backend, asked, { service: from, ...slow });
      return { requests: asExpected.count, values: valuesOf(asExpected, asked.to - asked.from), traceIds };
    }
    const requests = outgoing.reduce((sum, { count }) => sum + count, 0);
    return { requests, values: { calls: 0, callsInstead: outgoing.map((edge) => edge.to).join(', ') }, traceIds: [] };
  },
  judge(params, now, baseline) {
    if (now.values['calls'] === 0) return notCalled(params, now);
    const judged = measures(params).map(({ bound, name, value }) =>
      compare(bound, name, numberOf(now, value), calmValue(baseline, value, minRequests)),
    );
    return allOf(judged, `${now.requests} calls`);
  },
  healed(params, now, baseline) {
    if (now.values['calls'] === 0) return notCalled(params, now);
    const judged = measures(params).map((measure) => healthy(measure, now, baseline));
    return allOf(judged, `${now.requests} calls`);
  },
};

function notCalled({ from, to }: Params, now: Observation): Judgement {
  return {
    outcome: 'not-met',
    reason: `${from} does not call ${to}; it calls ${now.values['callsInstead'] || 'nobody'}`,
  };
}

function valuesOf(edge: Dependency, windowMs: number): Observation['values'] {
  return {
    calls: edge.count,
    callsPerSecond: (1000 * edge.count) / windowMs,
    p95Ms: edge.p95Ms,
    errorPercent: (100 * edge.errorCount) / edge.count,
  };
}

function measures({ p95, calls, errors }: Params): readonly Measure[] {
  return [
    ...(p95 ? [{ bound: p95, name: 'p95', value: 'p95Ms', back: { factor: 2, slack: 100 } } as const] : []),
    ...(calls
      ? [{ bound: calls, name: 'calls', value: 'callsPerSecond', back: { factor: 1.6, slack: 1 } } as const]
      : []),
    ...(errors
      ? [{ bound: errors, name: 'errors', value: 'errorPercent', back: { factor: 1, slack: 1 } } as const]
      : []),
  ];
}

function healthy({ bound, name, value, back }: Measure, now: Observation, baseline: Observation | undefined) {
  return backToNormal(
    bound,
    name,
    { now: numberOf(now, value), before: calmValue(baseline, value, minRequests) },
    back,
  );
}
