import { badRequest } from './errors.ts';

/** The readers below take a value from outside and throw a 400 when it is not what it has to be. */
export function integerIn(value: unknown, name: string, range: { min: number; max: number }): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < range.min || number > range.max) {
    throw badRequest(`${name} has to be an integer from ${range.min} to ${range.max}`);
  }
  return number;
}

export function textIn(value: unknown, name: string, maxLength = 100): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxLength) {
    throw badRequest(`${name} has to be a text of at most ${maxLength} characters`);
  }
  return value.trim();
}

export function objectIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`${name} has to be an object`);
  return value as Record<string, unknown>;
}
