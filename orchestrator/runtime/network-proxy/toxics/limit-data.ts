import { passThrough, toxic } from './toxic.ts';

/** Closes the connection once `bytes` bytes have passed. */
export const limitData = toxic({
  attributes: { bytes: 0 },
  open({ bytes }, out) {
    return {
      ...passThrough(out),
      write(chunk) {
        const rest = Math.max(0, bytes - out.passed);
        if (rest > 0) out.write(chunk.subarray(0, rest));
        if (chunk.length >= rest) out.close();
      },
    };
  },
});
