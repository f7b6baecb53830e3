import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from '../engine.ts';
import { hasStatus } from '../refusals.ts';
import { follow, imageFailure } from './engine-stream.ts';

/** What the images that we make are called: `showrunner/<name>:<content key>`. */
export const repository = 'showrunner';

/** On every image of ours; nothing without it is ever removed. Not of the labels by which runs are swept: containers inherit these. */
export const imageLabel = { name: 'showrunner.image', shop: 'showrunner.shop' } as const;

export interface ImageRecipe {
  readonly name: string;
  readonly reference: string;
  /** Whose it is; the images that several shops share have none. */
  readonly shop?: string;
  readonly arguments?: Readonly<Record<string, string>>;
  /** A tar archive with the Dockerfile and all that it copies. */
  readonly context: Readable;
}

/** What the engine has by a reference; undefined where it has nothing. */
export async function findImage({ docker }: Engine, reference: string): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(reference).inspect();
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Has the engine build an image. Throws a ShowrunnerError (exit code 3) with the engine's words. */
export async function buildImage(engine: Engine, recipe: ImageRecipe, signal: AbortSignal): Promise<void> {
  const { name, reference, shop, context } = recipe;
  // A context that cannot be read would leave the engine waiting for the rest of it.
  const broken = new AbortController();
  context.on('error', (error) => broken.abort(error));
  const labels = { [imageLabel.name]: name, ...(shop === undefined ? {} : { [imageLabel.shop]: shop }) };
  try {
    const answer = await engine.docker.buildImage(context, {
      t: reference,
      buildargs: { ...recipe.arguments },
      labels,
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, broken.signal]),
    });
    await follow(answer);
  } catch (error) {
    signal.throwIfAborted();
    throw imageFailure(broken.signal.aborted ? broken.signal.reason : error, `the image ${name} could not be built`, {
      code: 'image-build-failed',
      hint: 'the engine says why; `showrunner doctor` looks for usual causes, and `--runtime process` needs no images',
    });
  } finally {
    context.destroy();
  }
}

/** Removes what a new image has replaced: those of the same name and the same shop, unless a container uses them. */
export async function removeSuperseded(
  { docker }: Engine,
  { name, reference, shop }: Pick<ImageRecipe, 'name' | 'reference' | 'shop'>,
): Promise<void> {
  const label = [`${imageLabel.name}=${name}`, ...(shop === undefined ? [] : [`${imageLabel.shop}=${shop}`])];
  const images = await docker.listImages({ filters: { label } });
  const superseded = images.flatMap(({ Id, RepoTags, Created }) => {
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    // Two processes that make the same image at once: one of them has taken the name from the other's.
    if (tags.length === 0) return Created * 1000 < Date.now() - tagMs ? [Id] : [];
    return tags.filter((tag) => tag !== reference && tag.startsWith(`${repository}/${name}:`));
  });
  for (const image of superseded) {
    try {
      await docker.getImage(image).remove();
    } catch (error) {
      if (!hasStatus(error, 404) && !isInUse(error)) throw error;
    }
  }
}

/** An image without a name may be one that is just being made. */
const tagMs = 60_000;

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 409;
}
