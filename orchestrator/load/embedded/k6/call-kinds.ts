/** How the guest calls the engine: with a JSON value, with a plain text, without waiting, to hand over samples early, or for what to play next. */
export const callKinds = { value: 0, text: 1, start: 2, samples: 3, next: 4 } as const;

/** What the guest's `call` gives instead of a report: there is more to come. */
export const moreToCome = 'more';
