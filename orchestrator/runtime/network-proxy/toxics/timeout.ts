import { toxic } from './toxic.ts';

/** Throws all data away and closes the connection `timeout` milliseconds after the last of it; at 0 it never closes. */
export const timeout = toxic({
  attributes: { timeout: 0 },
  closesWhenRemoved: true,
  open(attributes, out) {
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      clearTimeout(timer);
      if (attributes.timeout > 0) timer = setTimeout(() => out.close(), attributes.timeout);
    };
    arm();
    return {
      write: arm,
      end: () => out.close(),
      flush: () => clearTimeout(timer),
      destroy: () => clearTimeout(timer),
      held: 0,
    };
  },
});
