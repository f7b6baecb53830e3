import type { Dependency, EndpointStats, ErrorGroup, QueryStats } from './backend.ts';

/** Orders text by its code units. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Orders by the first of these comparisons that tells two things apart. */
export function inOrder<T>(...comparisons: readonly ((a: T, b: T) => number)[]): (a: T, b: T) => number {
  return (a, b) => comparisons.map((compare) => compare(a, b)).find((order) => order !== 0) ?? 0;
}

/** The order in which every backend's answers are given: what there is most of first, then by names. */
function mostFirst<T extends { readonly count: number }>(names: (row: T) => readonly string[]): (a: T, b: T) => number {
  return (a, b) => {
    if (a.count !== b.count) return b.count - a.count;
    const others = names(b);
    return (
      names(a)
        .map((name, at) => byText(name, others[at] ?? ''))
        .find((order) => order !== 0) ?? 0
    );
  };
}

/** What names no version comes last, after the highest character that text can have. */
const noVersion = '\uffff';

export const endpointOrder = mostFirst<EndpointStats>(({ service, method, route, version = noVersion }) => [
  service,
  method,
  route,
  version,
]);
export const queryOrder = mostFirst<QueryStats>(({ service, query }) => [service, query]);
export const errorOrder = mostFirst<ErrorGroup>(({ service, type, message }) => [service, type, message]);
export const dependencyOrder = mostFirst<Dependency>(({ from, to, kind }) => [from, to, kind]);
