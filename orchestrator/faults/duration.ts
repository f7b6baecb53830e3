import { z } from 'zod';

const pattern = /^(?<value>\d+(?:\.\d+)?)(?<unit>ms|s)$/;

/** Schema of a fault's time parameter, written `300ms` or `1.2s`; milliseconds. */
export function duration(fallback: string) {
  return z
    .string()
    .regex(pattern, { error: "write a duration, for example '300ms' or '1.2s'" })
    .default(fallback)
    .transform((text) => {
      const { value, unit } = pattern.exec(text)?.groups ?? {};
      return Number(value) * (unit === 's' ? 1000 : 1);
    });
}
