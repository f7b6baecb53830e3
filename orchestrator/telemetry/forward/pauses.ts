const firstMs = 500;
/** Short, so that a backend which is back is noticed while the act still plays. */
const longestMs = 3000;
/** A backend that asks for no pause at all, or for days. */
const shortestAskedMs = 100;
const longestAskedMs = 3_600_000;

/** How long to wait after so many failures in a row: doubled each time, with jitter, so that not everybody comes back at once. */
export function pauseMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); undefined where there is none. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  // Date.parse reads much as a date that is none of HTTP's.
  const date = /^[A-Z]/i.test(text) ? Date.parse(text) : Number.NaN;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : date - now;
  return Number.isNaN(ms) ? undefined : Math.min(longestAskedMs, Math.max(shortestAskedMs, ms));
}
