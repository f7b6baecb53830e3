// Module `k6`: https://grafana.com/docs/k6/latest/javascript-api/k6/
import { recordCheck, wait } from './bridge.ts';

/** Runs every test; one that throws counts as failed, and its error goes on to the caller, as in k6. */
export function check(value: unknown, sets: Record<string, unknown>): boolean {
  let all = true;
  for (const [name, test] of Object.entries(sets)) {
    let passed = false;
    try {
      passed = Boolean(typeof test === 'function' ? (test as (value: unknown) => unknown)(value) : test);
    } finally {
      recordCheck(name, passed);
    }
    all &&= passed;
  }
  return all;
}

export function group<T>(_name: string, body: () => T): T {
  return body();
}

export function sleep(seconds: number): void {
  wait(seconds * 1000);
}

export function fail(message = ''): never {
  throw new Error(message);
}

/** Makes `Math.random` of this virtual user repeatable. The numbers themselves differ from k6's. */
export function randomSeed(seed: number): void {
  let state = seed >>> 0;
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
