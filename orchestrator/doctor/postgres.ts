import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { findPostgres } from '../runtime/process/postgres-binaries.ts';
import { type Check, type Context, type Finding, ok, problem, warning } from './check.ts';

interface Server {
  readonly version: string;
  /** The path of the program. */
  readonly postgres: string;
}

interface Binaries {
  find(): Promise<Server>;
  /** Whether it can be run at all; rejects when not. */
  tryOut(server: Server, signal: AbortSignal): Promise<unknown>;
}

/** Whether the Postgres that npm brings is there and runs on this machine: the process runtime plays on it, and its image is made of it. */
export const postgresCheck = ({ find, tryOut }: Binaries = ofNpm): Check => ({
  async look(context) {
    try {
      const server = await find();
      await tryOut(server, context.signal);
      return ok(`${server.version}, as npm brought it`);
    } catch (error) {
      context.signal.throwIfAborted();
      const remedy = error instanceof ShowrunnerError ? error.hint : undefined;
      return missing(context, messageOf(error), remedy ?? 'npm ci --include=optional, on Linux with glibc');
    }
  },
});

/** Where containers can be used, what they need of it may already be in an image. */
async function missing({ runtime, engine }: Context, found: string, remedy: string): Promise<Finding> {
  if (runtime === 'containers') return warning(found, remedy);
  if (runtime === 'process') return problem(found, remedy);
  return engine().then(
    () => warning(`${found}; shows can play in containers only`, remedy),
    () => problem(found, remedy),
  );
}

const ofNpm: Binaries = {
  find: findPostgres,
  tryOut: ({ postgres }, signal) => promisify(execFile)(postgres, ['--version'], { signal }),
};
