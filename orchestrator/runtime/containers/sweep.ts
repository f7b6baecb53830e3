import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Engine } from './engine.ts';
import { isAbandoned, isLabelled, label } from './labels.ts';
import { hasStatus } from './refusals.ts';

/** What was removed from an engine, a line each, and what could not be. */
export interface Swept {
  readonly runs: readonly string[];
  readonly done: readonly string[];
  readonly left: readonly string[];
}

interface Thing {
  readonly what: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  remove(): Promise<unknown>;
}

/** Removes what runs whose orchestrator is gone have left on the engine: containers, networks, volumes; of no live run, and never anything without our labels. */
export function sweepEngine(engine: Engine): Promise<Swept> {
  return sweep(engine, (thing) => isAbandoned(thing.labels));
}

/** Removes everything of one run, whoever owns it. */
export function sweepRun(engine: Engine, run: string): Promise<Swept> {
  return sweep(engine, (thing) => thing.labels[label.run] === run);
}

async function sweep(engine: Engine, isOurs: (thing: Thing) => boolean): Promise<Swept> {
  const found = (await thingsOn(engine)).filter((thing) => isLabelled(thing.labels) && isOurs(thing));
  const done: string[] = [];
  const left: string[] = [];
  // A network or a volume can go when no container uses it any more.
  for (const kinds of [['container'], ['network', 'volume']]) {
    await Promise.all(
      found
        .filter(({ what }) => kinds.includes(what))
        .map(async ({ what, name, remove }) => {
          const failed = await removed(remove);
          if (failed === undefined) done.push(`removed ${what} ${name}`);
          else left.push(`${what} ${name} (${failed})`);
        }),
    );
  }
  return { runs: [...new Set(found.map(({ labels }) => labels[label.run] ?? ''))], done, left };
}

async function thingsOn({ docker }: Engine): Promise<readonly Thing[]> {
  const filters = { label: [label.run] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names, Labels }): Thing => {
      const remove = () => docker.getContainer(Id).remove({ force: true, v: true });
      return { what: 'container', name: Names[0]?.slice(1) ?? Id, labels: Labels, remove };
    }),
    ...networks.map(({ Id, Name, Labels }): Thing => {
      return { what: 'network', name: Name, labels: Labels ?? {}, remove: () => docker.getNetwork(Id).remove() };
    }),
    ...volumes.map(({ Name, Labels }): Thing => {
      return { what: 'volume', name: Name, labels: Labels ?? {}, remove: () => docker.getVolume(Name).remove() };
    }),
  ];
}

/** Undefined when it is gone, else why not. The engine may need a moment to let go of what a container used. */
async function removed(remove: () => Promise<unknown>): Promise<string | undefined> {
  let why = '';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      await remove();
      return undefined;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      why = messageOf(error);
      await sleep(200);
    }
  }
  return why;
}
