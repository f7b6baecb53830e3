import type { Engine } from '../engine.ts';
import { follow, imageFailure } from './engine-stream.ts';
import { type OfficialImage, pinned } from './pinned.ts';

/** Fetches official images from their registries, one after the other. Throws a ShowrunnerError (exit code 3) at the first that cannot be had. */
export async function pullImages(
  { docker }: Engine,
  names: readonly OfficialImage[],
  { progress, signal }: { readonly progress: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  for (const name of names) {
    const reference = pinned(name);
    progress(`pulling ${reference}`);
    try {
      await follow(await docker.pull(reference, { abortSignal: signal }));
    } catch (error) {
      signal.throwIfAborted();
      throw imageFailure(error, `the image ${name} could not be pulled`, {
        code: 'image-pull-failed',
        hint: 'no show needs it: `showrunner images build` makes what a run needs, without any registry',
      });
    }
  }
}
