import { constantArrivalRate } from './constant-arrival-rate.ts';
import type { Executor } from './executor.ts';

export const executors: Readonly<Record<string, Executor>> = {
  'constant-arrival-rate': constantArrivalRate,
};
