/** Thrown in the script as the error that k6's own functions throw. */
export function goError(message: string): Error {
  const error = new Error(message);
  error.name = 'GoError';
  return error;
}
