import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../../errors.ts';
import { type Engine, failure } from '../engine.ts';
import { follow, imageFailure } from './engine-stream.ts';
import { repository } from './image-store.ts';
import { readJson } from './tar-index.ts';

export interface ArchiveOptions {
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Writes images to one file, which is whole or not there. Throws a ShowrunnerError (exit code 3) where it cannot be written. */
export async function saveImages(
  { docker }: Engine,
  references: readonly string[],
  { file, signal }: ArchiveOptions,
): Promise<void> {
  const partial = `${file}.part`;
  try {
    // Of dockerode, and not in its types.
    const { getImages } = docker as unknown as {
      getImages(options: { names: readonly string[]; abortSignal: AbortSignal }): Promise<NodeJS.ReadableStream>;
    };
    const images = await getImages.call(docker, { names: references, abortSignal: signal });
    await pipeline(images, createWriteStream(partial), { signal });
    // The engine ends the stream in order when it fails half-way: only its contents tell.
    await manifestOf(partial);
    await rename(partial, file);
  } catch (error) {
    signal.throwIfAborted();
    throw imageFailure(error, `the images could not be saved to ${file}`, {
      code: 'image-save-failed',
      hint: 'name a file in a folder that exists and that you may write to, with half a gigabyte of space',
    });
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * Gives an engine the images of a file that `saveImages` wrote; returns their references. The file is looked through first: a damaged one, one
 * with other images in it, or for another kind of machine changes nothing. Throws a ShowrunnerError (exit code 3) that says what is wrong.
 */
export async function loadImages(engine: Engine, { file, signal }: ArchiveOptions): Promise<readonly string[]> {
  const manifest = await manifestOf(file).catch((error: unknown) => {
    throw unusable(file, messageOf(error), error);
  });
  const references = manifest.flatMap(({ RepoTags }) => RepoTags ?? []);
  const foreign = references.filter((reference) => !reference.startsWith(`${repository}/`));
  if (references.length === 0 || foreign.length > 0) {
    throw unusable(
      file,
      references.length === 0 ? 'no image in it has a name' : `it holds ${foreign.join(', ')}, which is none of ours`,
    );
  }
  await assertArchitecture(engine, file, manifest);
  const content = createReadStream(file);
  try {
    await follow(await engine.docker.loadImage(content, { abortSignal: signal }));
  } catch (error) {
    signal.throwIfAborted();
    throw imageFailure(error, `the images of ${file} could not be loaded`, unusableFile);
  } finally {
    content.destroy();
  }
  return references;
}

/** https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format */
interface SavedImage {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
}

async function manifestOf(file: string): Promise<readonly SavedImage[]> {
  const manifest = await readJson(file, 'manifest.json');
  if (!Array.isArray(manifest)) throw new Error('its manifest.json is no list of images');
  return manifest as readonly SavedImage[];
}

async function assertArchitecture({ os, arch }: Engine, file: string, manifest: readonly SavedImage[]): Promise<void> {
  for (const { Config, RepoTags } of manifest) {
    const made = (await readJson(file, Config).catch((error: unknown) => {
      throw unusable(file, messageOf(error), error);
    })) as { architecture?: string; os?: string };
    if (made.architecture !== arch || made.os !== os) {
      throw failure(
        'image-architecture',
        `${RepoTags?.[0]} of ${file} is for ${made.os}-${made.architecture}, and the engine runs ${os}-${arch}`,
        { hint: 'save the images on a machine like this one' },
      );
    }
  }
}

const unusableFile = {
  code: 'image-file-unusable',
  hint: 'make the file again with `showrunner images save` and copy it whole; or run `showrunner images build`, which needs no file',
};

function unusable(file: string, why: string, cause?: unknown) {
  return failure(unusableFile.code, `${file} cannot be loaded: ${why}`, { hint: unusableFile.hint, cause });
}
