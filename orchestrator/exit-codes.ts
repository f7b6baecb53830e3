/** Exit codes of every command. Documented in the README; never renumbered. */
export const exitCodes = {
  /** Every verdict is `met`. */
  passed: 0,
  /** The show was played, and some verdict is not `met`, a fault is not proven, a load failed or a part of the shop crashed. */
  failed: 1,
  /** Wrong usage or a wrong show file; nothing was started. */
  usage: 2,
  /** The environment does not allow the show: a port, the disk, a process that dies at start. */
  environment: 3,
  /** Stopped by Ctrl-C or a signal. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Of two rounds: an interrupted one is worse than one that the environment did not allow, that one is worse than verdicts not met. */
export function worseOf(one: ExitCode, other: ExitCode): ExitCode {
  // The codes are numbered in this order.
  return one > other ? one : other;
}
