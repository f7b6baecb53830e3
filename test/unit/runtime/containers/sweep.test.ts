import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Engine } from '../../../../orchestrator/runtime/containers/engine.ts';
import { label, labelsOf } from '../../../../orchestrator/runtime/containers/labels.ts';
import { sweepEngine, sweepRun } from '../../../../orchestrator/runtime/containers/sweep.ts';

/** An engine with a container, a network and a volume of each name; `removed` are those that it was told to remove. */
function engineWith(things: Readonly<Record<string, Record<string, string>>>) {
  const removed: string[] = [];
  const each = Object.entries(things);
  const removing = (kind: string) => (name: string) => ({ remove: async () => removed.push(`${kind} ${name}`) });
  const docker = {
    listContainers: async () => each.map(([Id, Labels]) => ({ Id, Names: [`/${Id}`], Labels })),
    listNetworks: async () => each.map(([Id, Labels]) => ({ Id, Name: Id, Labels })),
    listVolumes: async () => ({ Volumes: each.map(([Name, Labels]) => ({ Name, Labels })) }),
    getContainer: removing('container'),
    getNetwork: removing('network'),
    getVolume: removing('volume'),
  };
  return { engine: { docker } as unknown as Engine, removed };
}

const mine = labelsOf('mine');
const dead = mine[label.owner]?.replace(/^\S+ \S+/, `${spawnSync('true').pid} 1`) ?? '';
const left: Record<string, string> = { ...mine, [label.run]: 'left', [label.owner]: dead };
const withOnly = (name: string) => ({ [name]: left[name] ?? '' });
const foreign = {
  'only-run': withOnly(label.run),
  'only-owner': withOnly(label.owner),
  'only-lease': { [label.lease]: '1' },
  none: {},
};
const ofLeft = ['container left', 'network left', 'volume left'];

test('what a dead run has left goes; what lives, and what is not wholly ours, stays', async () => {
  const { engine, removed } = engineWith({ mine, left, ...foreign });
  expect(await sweepEngine(engine)).toEqual({
    runs: ['left'],
    done: ofLeft.map((each) => `removed ${each}`),
    left: [],
  });
  expect(removed).toEqual(ofLeft);
});

test('a run that is swept by name takes nothing that only says to be of it', async () => {
  const { engine, removed } = engineWith({ mine, left, ...foreign });
  await sweepRun(engine, 'left');
  expect(removed).toEqual(ofLeft);
});
