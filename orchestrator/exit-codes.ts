/** Exit codes of every command. Documented in the README; never renumbered. */
export const exitCodes = {
  /** Every verdict is `met`. */
  passed: 0,
  /** The show was played, and some verdict is not `met`. */
  failed: 1,
  /** Wrong usage or a wrong show file; nothing was started. */
  usage: 2,
  /** The environment does not allow the show: a port, the disk, a process that dies at start. */
  environment: 3,
  /** Stopped by Ctrl-C or a signal. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
