/** The elements of `SharedArray`s as JSON: one copy for all virtual users. */
export function sharedArrayOperations() {
  const arrays = new Map<string, readonly string[]>();
  return {
    /** -1 where no virtual user has built it yet. */
    'shared.length': (name: string): number => arrays.get(name)?.length ?? -1,
    'shared.put': ({ name, elements }: { name: string; elements: readonly string[] }): void => {
      arrays.set(name, elements);
    },
    /** `asked`: index, space, name. */
    'shared.get'(asked: string): string {
      const space = asked.indexOf(' ');
      return arrays.get(asked.slice(space + 1))?.[Number(asked.slice(0, space))] ?? 'null';
    },
  };
}
