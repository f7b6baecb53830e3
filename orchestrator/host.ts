import type { Clock } from './clock/clock.ts';

/** Where text goes: a terminal, a file or a test's buffer. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns; 80 where it is not a terminal. */
  readonly columns: number;
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The one door from the core to the process it runs in. Built in `main.ts`; tests build their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** When the command was started, milliseconds since the epoch: before Node loaded, before any re-exec. */
  readonly startedAt: number;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls `handler` at each stop signal; returns how to stop listening. */
  onStopSignal(handler: (signal: StopSignal) => void): () => void;
  /** Whether somebody sits at a terminal who can press Enter. */
  readonly interactive: boolean;
  /** Calls `handler` for each line typed; returns how to stop listening. Nothing happens where nobody can type. */
  onLine(handler: (line: string) => void): () => void;
}
