/** What k6's own functions throw: their name is the same for all, and scripts and logs show it. */
export class GoError extends Error {
  override readonly name = 'GoError';
}

// The bundler renames a class where a script uses its name.
Object.defineProperty(GoError, 'name', { value: 'GoError' });
