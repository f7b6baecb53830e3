/** `500ms`, `40s`, `1.5s`, `1m30s`, `2m`. */
export const durationPattern = /^(?=\d)(?:(\d{1,4})m(?!s))?(?:(\d{1,5}(?:\.\d{1,3})?)s)?(?:(\d{1,7})ms)?$/;

/** `20/s`, `0.5/s`, `90/min`. */
export const ratePattern = /^(\d{1,5}(?:\.\d{1,3})?)\/(s|min)$/;

/** `100%`, `12.5%`. */
export const percentPattern = /^(\d{1,3}(?:\.\d{1,3})?)%$/;

/** Milliseconds of a duration that matches `durationPattern`. */
export function parseDuration(text: string): number {
  const [, minutes = '0', seconds = '0', milliseconds = '0'] = durationPattern.exec(text) ?? [];
  return Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000) + Number(milliseconds);
}

/** Per second, of a rate that matches `ratePattern`. */
export function parseRate(text: string): number {
  const [, count = '0', unit] = ratePattern.exec(text) ?? [];
  return Number(count) / (unit === 'min' ? 60 : 1);
}

/** Share of a percentage that matches `percentPattern`: `100%` is 1. */
export function parsePercent(text: string): number {
  return Number(percentPattern.exec(text)?.[1] ?? Number.NaN) / 100;
}

/** A duration as a show writes it: `1m30s`, `40s`, `1.5s`, `500ms`. */
export function formatDuration(ms: number): string {
  const rounded = Math.round(ms);
  if (rounded < 1000) return rounded === 0 ? '0s' : `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const seconds = (rounded % 60_000) / 1000;
  return `${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
}
