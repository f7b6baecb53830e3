const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a duration as k6 writes it; a number alone is milliseconds, as in k6. Throws for any other text. */
export function secondsOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) / 1000;
  if (!/^(\d+(\.\d+)?(d|h|ms|m|s))+$/.test(text)) throw new Error(`${text} is no duration: write 90s or 1m30s`);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit ?? 's']!, 0);
}
