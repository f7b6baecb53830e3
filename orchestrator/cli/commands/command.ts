import type { Command } from 'commander';
import type { ExitCode } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';

/** Builds one command; its action calls `exit` with the code that the program shall end with. */
export type CreateCommand = (host: Host, exit: (code: ExitCode) => void) => Command;
