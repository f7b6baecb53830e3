import type { Output } from '../host.ts';
import type { LoadProgress } from '../load/engine.ts';

/** Writes a line for each second, as k6 does where nobody looks at its bars. */
export function progressLines(output: Pick<Output, 'write'>): (progress: LoadProgress) => void {
  let begun: number | undefined;
  let complete = 0;
  return ({ at, iterations, dropped, vus }) => {
    begun ??= at - 1000;
    complete += iterations;
    const seconds = ((at - begun) / 1000).toFixed(1).padStart(4, '0');
    const lost = dropped > 0 ? `, ${dropped} dropped in this second` : '';
    output.write(`running (${seconds}s), ${vus} VUs, ${complete} complete iterations${lost}\n`);
  };
}
