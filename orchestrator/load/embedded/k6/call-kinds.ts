/**
 * How the guest calls the engine. With the name of an operation and what it takes: a JSON value, a plain text, or a JSON value without waiting.
 * With that alone: samples that are handed over early, how the last call went (for what to play next), and a request as in `http/wire.ts`.
 */
export const callKinds = { value: 0, text: 1, start: 2, samples: 3, next: 4, request: 5 } as const;

/** What the guest's `call` gives instead of a report: there is more to come. */
export const moreToCome = 'more';
