export { dependenciesOf } from './dependencies.ts';
export { endpointsOf } from './endpoints.ts';
export { errorsOf } from './errors.ts';
export { attributesOfOtlp, spanOfOtlp, spansOfOtlp } from './otlp.ts';
export { queriesOf } from './queries.ts';
export { tracesOfSpans } from './spans.ts';
export { tendencyOf, type Weights } from './tendency.ts';
export { traceLimit, tracesOf } from './traces.ts';
