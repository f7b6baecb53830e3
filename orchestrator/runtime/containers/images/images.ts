import type { Readable } from 'node:stream';
import { readSchema } from '../../running/seed.ts';
import type { Engine } from '../engine.ts';
import { buildImage, findImage, type ImageRecipe, removeSuperseded } from './image-store.ts';
import { pinned } from './pinned.ts';
import { type ImagePlan, planImages } from './plan.ts';
import { assertBuildable, databaseDockerfile, nodeContext, postgresContext, shopContext } from './recipes.ts';
import { dataDir, dataOwner, withSeededData } from './seeded-data.ts';
import type { ShopFiles } from './shop-files.ts';
import { tarOf } from './tar.ts';

export interface ImageOptions {
  readonly files: ShopFiles;
  /** Of the data in the database. */
  readonly seed: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a run needs of an engine. */
export interface RunImages {
  readonly shop: string;
  /** Postgres with the seeded data in `dataDir`; a volume that is mounted there begins with it. */
  readonly database: {
    readonly image: string;
    readonly dataDir: string;
    readonly user: string;
    /** Starts the server, but for its data folder and its settings. */
    readonly command: readonly string[];
  };
  /** Ours, which is in the shop's image. Toxiproxy itself would do, but for releases: docs/decisions/network-proxy.md. */
  readonly networkProxy: { readonly kind: 'toxiproxy' | 'own'; readonly image: string };
}

/**
 * The images of a run, of which those that the engine lacks are made of what npm has brought. They are named by their content, so what is
 * there is never made again. Throws a ShowrunnerError (exit code 3) that says why an image cannot be made, and what to do.
 */
export async function ensureImages(engine: Engine, options: ImageOptions): Promise<RunImages> {
  options.signal.throwIfAborted();
  const plan = await planImages(engine, options);
  // Whichever fails first ends the other: nothing goes on building after the error is shown.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const works = [
    ensureShop(engine, plan, { ...options, signal }),
    ensureDatabase(engine, plan, { ...options, signal }),
  ] as const;
  for (const work of works) work.catch((error: unknown) => failed.abort(error));
  await Promise.allSettled(works);
  options.signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  const [shop, image] = await Promise.all(works);
  return {
    shop,
    database: { image, dataDir, user: `${dataOwner}:${dataOwner}`, command: ['postgres'] },
    networkProxy: { kind: 'own', image: shop },
  };
}

/** Throws the ShowrunnerError (exit code 3) that would keep `ensureImages` from making what the engine lacks; makes nothing. */
export async function requireObtainable(engine: Engine, options: Pick<ImageOptions, 'files' | 'seed'>): Promise<void> {
  const plan = await planImages(engine, options);
  const { reference } = await databaseOf(engine, plan);
  if ((await findImage(engine, plan.shop)) && (await findImage(engine, reference))) return;
  assertBuildable(engine);
  await Promise.all([nodeContext(engine), postgresContext()]);
}

/**
 * The database of a plan that a run on this engine uses: whichever is there, else the one to make, of the official server where the engine has
 * it. `server` is that one's id.
 */
export async function databaseOf(
  engine: Engine,
  { databases }: ImagePlan,
): Promise<{ reference: string; server: string | undefined }> {
  const [official, npm, server] = await Promise.all([
    findImage(engine, databases.official),
    findImage(engine, databases.npm),
    findImage(engine, pinned('postgres')),
  ]);
  if (official || (server && !npm)) return { reference: databases.official, server: server?.Id };
  return { reference: databases.npm, server: undefined };
}

async function ensureShop(engine: Engine, plan: ImagePlan, options: ImageOptions): Promise<string> {
  if (await findImage(engine, plan.shop)) return plan.shop;
  assertBuildable(engine);
  await ensure(engine, { name: 'node', reference: plan.node }, options, async () => tarOf(await nodeContext(engine)));
  const { title = 'shop' } = options.files;
  const recipe = { name: 'shop', reference: plan.shop, shop: title, arguments: { NODE: plan.node } };
  await ensure(engine, recipe, options, async () => tarOf(await shopContext(options.files)));
  return plan.shop;
}

async function ensureDatabase(engine: Engine, plan: ImagePlan, options: ImageOptions): Promise<string> {
  const { reference, server } = await databaseOf(engine, plan);
  if (await findImage(engine, reference)) return reference;
  assertBuildable(engine);
  if (!server) {
    await ensure(engine, { name: 'postgres-npm', reference: plan.postgres }, options, async () =>
      tarOf(await postgresContext()),
    );
  }
  const { files, seed, progress, signal } = options;
  const base = server ?? plan.postgres;
  const schema = await readSchema(files.schemaDir);
  const recipe = { name: 'database', reference, shop: files.title ?? 'shop', arguments: { SERVER: base } };
  progress('making the image database (later runs reuse it)');
  await withSeededData(engine, { server: base, schema, seed, progress, signal }, (archive) =>
    buildImage(engine, { ...recipe, context: tarOf([databaseDockerfile()], archive as Readable) }, signal),
  );
  await removeSuperseded(engine, recipe);
  return reference;
}

async function ensure(
  engine: Engine,
  recipe: Omit<ImageRecipe, 'context'>,
  { progress, signal }: ImageOptions,
  context: () => Promise<Readable>,
): Promise<void> {
  if (await findImage(engine, recipe.reference)) return;
  signal.throwIfAborted();
  progress(`making the image ${recipe.name} (later runs reuse it)`);
  await buildImage(engine, { ...recipe, context: await context() }, signal);
  await removeSuperseded(engine, recipe);
}
