import type { Engine } from '../runtime/containers/engine.ts';
import { installedShopFiles } from '../runtime/containers/images/shop-files.ts';
import { type ImageStatus, imageStatus } from '../runtime/containers/images/status.ts';
import { checkOfEngine, type Context, hindersContainers, ok } from './check.ts';

export type Image = Pick<ImageStatus, 'name' | 'present' | 'needed' | 'remedy'>;

type ListImages = (engine: Engine, context: Context) => Promise<readonly Image[]>;

export const buildImages = 'showrunner images build';

/** Whether the engine has the images that a show needs. */
export const imagesCheck = (list: ListImages = installed) =>
  checkOfEngine(async (engine, context) => {
    const needed = (await list(engine, context)).filter((image) => image.needed);
    if (needed.length === 0) return { level: 'not looked at', found: 'no image is known to be needed' };
    const missing = needed.filter(({ present }) => !present);
    if (missing.length === 0) return ok(`${names(needed)} are here`);
    const remedies = new Set(missing.map(({ remedy }) => remedy ?? buildImages));
    return hindersContainers(context, `not here: ${names(missing)}`, [...remedies].join(' && '));
  });

const names = (images: readonly Image[]): string => images.map(({ name }) => name).join(', ');

const installed: ListImages = (engine, { seed }) => imageStatus(engine, { files: installedShopFiles(), seed });
