import type { Engine } from '../engine.ts';
import { findImage } from './image-store.ts';
import { databaseOf, type ImageOptions } from './images.ts';
import { officialImages, pinned } from './pinned.ts';
import { planImages } from './plan.ts';

export interface ImageStatus {
  /** As `showrunner images pull` takes it, where it is an official one. */
  readonly name: string;
  readonly reference: string;
  readonly present: boolean;
  /** Undefined where it is not present. */
  readonly sizeMb: number | undefined;
  readonly source: 'npm' | 'official';
  /** Whether no run can do without it. */
  readonly needed: boolean;
  /** What it is for. */
  readonly use: string;
  /** How to get it; undefined where nothing has to be done. */
  readonly remedy: string | undefined;
}

const officialUses: Record<(typeof officialImages)[number], string> = {
  postgres: 'database server; without it the one that npm has brought',
  toxiproxy: "the program whose API Showrunner's network proxy speaks",
  k6: 'load',
  jaeger: 'backend',
  tempo: 'backend',
  prometheus: 'backend',
  'otel-collector': 'backends',
};

/** Every image that Showrunner knows and whether an engine has it, those that a run needs first. */
export async function imageStatus(
  engine: Engine,
  options: Pick<ImageOptions, 'files' | 'seed'>,
): Promise<readonly ImageStatus[]> {
  const plan = await planImages(engine, options);
  const database = (await databaseOf(engine, plan)).reference;
  const ours = { source: 'npm', remedy: 'showrunner images build' } as const;
  // Made on the way to the others; of no use once these are there.
  const base = { source: 'npm', needed: false, remedy: undefined } as const;
  return Promise.all(
    [
      { ...ours, name: 'shop', reference: plan.shop, needed: true, use: 'services, network proxy' },
      { ...ours, name: 'database', reference: database, needed: true, use: 'Postgres with its data' },
      { ...base, name: 'node', reference: plan.node, use: 'base of shop' },
      { ...base, name: 'postgres-npm', reference: plan.postgres, use: 'base of database' },
      ...officialImages.map((name) => ({
        name,
        reference: pinned(name),
        source: 'official' as const,
        needed: false,
        use: officialUses[name],
        remedy: `showrunner images pull ${name}`,
      })),
    ].map(async ({ remedy, ...image }): Promise<ImageStatus> => {
      const found = await findImage(engine, image.reference);
      const sizeMb = found && Math.round(found.Size / 1e6);
      return { ...image, present: found !== undefined, sizeMb, remedy: found ? undefined : remedy };
    }),
  );
}
