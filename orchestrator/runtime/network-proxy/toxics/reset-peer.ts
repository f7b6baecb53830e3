import { toxic } from './toxic.ts';

/** Answers the first data, or the end, with RST to both sides after `timeout` milliseconds. */
export const resetPeer = toxic({
  attributes: { timeout: 0 },
  open(attributes, out) {
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      timer ??= setTimeout(() => out.reset(), attributes.timeout);
    };
    return {
      write: arm,
      end: arm,
      // Once data has been thrown away the connection cannot be saved.
      flush: () => {
        if (timer) out.reset();
      },
      destroy: () => clearTimeout(timer),
      held: 0,
    };
  },
});
