import { expect, test } from 'vitest';
import { type Image, imagesCheck } from '../../../orchestrator/doctor/images.ts';
import { contextOf } from '../../support/doctor.ts';

const image = (name: string, given: Partial<Image> = {}): Image => ({
  name,
  present: true,
  needed: true,
  remedy: given.present === false ? 'showrunner images build' : undefined,
  ...given,
});
const look = (images: readonly Image[], runtime: 'auto' | 'containers' = 'auto') =>
  imagesCheck(async () => images).look(contextOf({ runtime }));

test('all images of a show are there; others are not asked for', async () => {
  const images = [image('shop'), image('database'), image('jaeger', { needed: false, present: false })];
  expect(await look(images)).toEqual({ level: 'ok', found: 'shop, database are here' });
});

test('missing images are made at the start; who asks for containers wants them before', async () => {
  const images = [image('shop', { present: false }), image('database')];
  const remedy = 'showrunner images build';
  expect(await look(images)).toEqual({ level: 'warning', found: 'not here: shop', remedy });
  expect(await look(images, 'containers')).toEqual({ level: 'problem', found: 'not here: shop', remedy });
});

test('each way to get an image is named once', async () => {
  const images = [
    image('shop', { present: false, remedy: 'showrunner images build' }),
    image('database', { present: false, remedy: 'showrunner images build' }),
    image('k6', { present: false, remedy: 'showrunner images pull k6' }),
  ];
  expect(await look(images)).toMatchObject({ remedy: 'showrunner images build && showrunner images pull k6' });
});

test('that no image is needed is never taken for a good sign', async () => {
  expect((await look([])).level).toBe('not looked at');
});
