import { checkOfEngine, ok, problem, warning } from './check.ts';
import { type Disk, thisMachines } from './disk.ts';
import { inGb } from './memory.ts';

/** The images are about 600 MB; a run and the layers of a build come to it. */
const freeMb = { least: 500, enough: 1500 } as const;

/** Whether the engine has room for images, where its files are on this machine. */
export const engineDiskCheck = (disk: Pick<Disk, 'freeMb'> = thisMachines) =>
  checkOfEngine(async ({ docker, remoteHost }) => {
    const { DockerRootDir: folder } = (await docker.info()) as { DockerRootDir: string };
    const free = remoteHost === undefined ? await disk.freeMb(folder).catch(() => undefined) : undefined;
    if (free === undefined)
      return { level: 'not looked at', found: `the files of the engine (${folder}) are on another machine` };
    const found = `${inGb(free)} GB free in ${folder}`;
    if (free >= freeMb.enough) return ok(found);
    const wanted = `${found}; the images and a run need about 1 GB`;
    const remedy = '`docker image prune` removes images without a name; `docker system df` shows what else takes room';
    return free < freeMb.least ? problem(wanted, remedy) : warning(wanted, remedy);
  });
