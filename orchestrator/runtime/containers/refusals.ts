import { messageOf } from '../../errors.ts';
import { failure } from './engine.ts';

/** Whether the engine's API answered with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === status;
}

/** An error of the engine's API as one for the user; others as they are. */
export function refusal(error: unknown, what: string): unknown {
  const message = messageOf(error);
  if (/already in use by container|already exists|Conflict\. The container name/.test(message)) {
    return failure('name-conflict', `${what} cannot be made, somebody else's has its name: ${message}`, {
      hint: 'remove or rename it, then start again: Showrunner never touches what is not its own',
      cause: error,
    });
  }
  if (/does not exist locally|No such image/.test(message)) {
    return failure('image-missing', `${what} has no image: ${message}`, {
      hint: 'run `showrunner images build`',
      cause: error,
    });
  }
  return error;
}
