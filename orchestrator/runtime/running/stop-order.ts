import type { ServiceSpec } from '../shop.ts';

/** The services in the order they are stopped: each level is called by none that is still there, so a request in flight can be finished. */
export function stopOrder(services: readonly Pick<ServiceSpec, 'name' | 'calls'>[]): string[][] {
  const levels: string[][] = [];
  let rest = [...services];
  while (rest.length > 0) {
    const called = new Set(rest.flatMap(({ calls }) => calls));
    const free = rest.filter(({ name }) => !called.has(name));
    // In a circle nobody is free: then all go at once.
    const level = free.length > 0 ? free : rest;
    levels.push(level.map(({ name }) => name));
    rest = rest.filter((service) => !level.includes(service));
  }
  return levels;
}
