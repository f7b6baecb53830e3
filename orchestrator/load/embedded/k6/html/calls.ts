import { callHost } from '../bridge.ts';

/** What the engine is told of a script's argument: selections by their numbers. */
export type Arg = string | number | { readonly id: number } | null;

/** The numbers by which the engine knows selections; scripts do not see them. */
const ids = new WeakMap<object, number>();

export function setId(selection: object, id: number): void {
  ids.set(selection, id);
}

export function idOf(selection: object): number {
  return ids.get(selection) ?? 0;
}

/** The value of a method of the engine's; undefined where there is none. */
export function read(selection: object, method: string, args: readonly Arg[] = []): unknown {
  return callHost('html.read', { id: idOf(selection), method, args }) ?? undefined;
}
