import type { Command } from 'commander';
import type { Host } from '../../host.ts';

/** Builds one command; its action calls `exit` with the code that the program shall end with: an ExitCode, or k6's own where it plays a script. */
export type CreateCommand = (host: Host, exit: (code: number) => void) => Command;
