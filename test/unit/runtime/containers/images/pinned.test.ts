import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { officialImages, pinned } from '../../../../../orchestrator/runtime/containers/images/pinned.ts';

const root = resolve(import.meta.dirname, '../../../../..');

test.each(officialImages)('%s is one FROM line with registry, exact version and digest', (name) => {
  const text = readFileSync(join(root, 'docker', name, 'Dockerfile'), 'utf8');
  expect(text).toMatch(/^FROM [a-z.]+\.[a-z]+(\/[a-z0-9-]+)+:v?\d+\.\d+(\.\d+)?@sha256:[0-9a-f]{64}\n$/);
  expect(text).toBe(`FROM ${pinned(name)}\n`);
});

test('every other Dockerfile begins with nothing or with an image of ours', () => {
  const ours = readdirSync(join(root, 'docker')).filter((name) => !officialImages.some((each) => each === name));
  expect(ours.toSorted()).toEqual(['database', 'node', 'postgres-npm', 'shop']);
  for (const name of ours) {
    expect(readFileSync(join(root, 'docker', name, 'Dockerfile'), 'utf8')).toMatch(/^FROM (scratch|\$\{\w+\})$/m);
  }
});

test('nothing else repeats the version of an image', () => {
  const files = globSync(['{orchestrator,services,load-profiles,talk-scripts,docs,test,.ci}/**/*.*', '*.{md,mjs,ts}'], {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  });
  expect(files.length).toBeGreaterThan(100);
  const repeated = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return officialImages
      .map((name) => /([^/]+:[^@]+)@sha256:(.+)/.exec(pinned(name)))
      .filter((match) => text.includes(match?.[1] ?? '') || text.includes(match?.[2] ?? ''))
      .map((match) => `${file} repeats ${match?.[1]}`);
  });
  expect(repeated).toEqual([]);
});
