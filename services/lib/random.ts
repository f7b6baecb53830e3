/** Random numbers in [0, 1), the same for the same seed and name (mulberry32 on an FNV-1a hash). Not for secrets. */
export function seededRandom(seed: number, name: string): () => number {
  let state = 2166136261 ^ seed;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
