import { dependency } from './dependency.ts';
import { errorRate } from './error-rate.ts';
import { latency } from './latency.ts';
import { nPlusOne } from './n-plus-one.ts';
import { quiet } from './quiet.ts';
import { rootCause } from './root-cause.ts';
import { slowQuery } from './slow-query.ts';
import { tendency } from './tendency.ts';
import { traffic } from './traffic.ts';
import type { ExpectationKind } from '../expectation.ts';

/** The kinds of expectation, by the name they have in a show. */
export const expectationKinds: Readonly<Record<string, ExpectationKind>> = {
  latency,
  'error-rate': errorRate,
  traffic,
  'slow-query': slowQuery,
  'n-plus-one': nPlusOne,
  'root-cause': rootCause,
  tendency,
  dependency,
  quiet,
};
