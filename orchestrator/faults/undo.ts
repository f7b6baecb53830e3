export type Undo = () => Promise<void>;

/**
 * Takes steps one after the other, and returns how to take all of them back, last first. When a step fails, those before it are
 * taken back before its error is thrown. The undo is idempotent; what fails in it is tried again when it is called again.
 */
export async function takeSteps(signal: AbortSignal, steps: readonly (() => Promise<Undo>)[]): Promise<Undo> {
  const undos: Undo[] = [];
  const undo = together(() => takeBack(undos));
  try {
    for (const step of steps) {
      signal.throwIfAborted();
      undos.push(await step());
    }
  } catch (error) {
    await undo().catch((failure: unknown) => {
      throw new AggregateError([error, failure], 'a step failed, and so did taking back the steps before it', {
        cause: error,
      });
    });
    throw error;
  }
  return undo;
}

/** Takes one step that may have taken effect even when it throws: then it is taken back, as far as that can be done. */
export async function takeStep(step: () => Promise<void>, undo: Undo): Promise<void> {
  try {
    await step();
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
}

/** Every undo gets its turn, even after one that failed. */
async function takeBack(undos: Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of undos.toReversed()) {
    try {
      await undo();
      undos.splice(undos.indexOf(undo), 1);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} steps could not be taken back`);
}

/** Calls that overlap share one run. */
function together(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
