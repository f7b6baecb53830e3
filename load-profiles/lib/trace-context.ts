/** Letters of one random lower-case hexadecimal id of `bytes` bytes, never all zero (the W3C forbids that). */
function hexId(bytes: number, random: () => number): string {
  let id = '';
  for (let i = 0; i < bytes; i += 1)
    id += Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  return /[^0]/.test(id) ? id : hexId(bytes, random);
}

/**
 * A `traceparent` header that begins a new, sampled trace, so that a trace starts at the visitor: https://www.w3.org/TR/trace-context/
 * The ids come from `Math.random`, not from the script's seed: two runs with one seed must not share their traces.
 */
export function traceparent(random: () => number = Math.random): string {
  return `00-${hexId(16, random)}-${hexId(8, random)}-01`;
}
