import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { type Disk, diskCheck } from '../../../orchestrator/doctor/disk.ts';
import { engineDiskCheck } from '../../../orchestrator/doctor/engine-disk.ts';
import { contextOf, docker } from '../../support/doctor.ts';

/** Folders with their free space in MB; no other is there. */
const diskOf = (folders: Readonly<Record<string, number>>, readOnly: readonly string[] = []): Disk => ({
  async freeMb(folder) {
    const free = folders[folder];
    if (free === undefined) throw new Error(`ENOENT: ${folder}`);
    return free;
  },
  async mayWrite(folder) {
    if (readOnly.includes(folder)) throw new Error(`EACCES: ${folder}`);
  },
});
const look = (disk: Disk) => diskCheck(disk, '/tmp').look(contextOf({ cacheDir: '/home/me/.cache/showrunner' }));

test('there is room for temporary files, and for a cache that is not there yet', async () => {
  expect(await look(diskOf({ '/tmp': 3000, '/home/me': 5000 }))).toEqual({
    level: 'ok',
    found: '3.0 GB free for temporary files in /tmp, 5.0 GB free for the cache in /home/me',
  });
});

test('the folder with the least room is told, with the way to another', async () => {
  expect(await look(diskOf({ '/tmp': 900, '/home/me': 5000 }))).toEqual({
    level: 'warning',
    found: '0.9 GB free for temporary files in /tmp',
    remedy: 'make room (`du -xh /tmp | sort -h | tail`), or use another folder: `TMPDIR=/other/folder showrunner run`',
  });
  expect(await look(diskOf({ '/tmp': 900, '/home/me': 100 }))).toMatchObject({
    level: 'problem',
    found: '0.1 GB free for the cache in /home/me',
  });
});

test('a folder that is not there, or may not be written to, is a problem', async () => {
  expect(await look(diskOf({ '/home/me': 5000 }))).toMatchObject({
    level: 'problem',
    found: '/tmp for temporary files cannot be used: ENOENT: /tmp',
  });
  expect(await look(diskOf({ '/tmp': 3000, '/home/me': 5000 }, ['/home/me']))).toMatchObject({
    level: 'problem',
    remedy: 'use another folder: `XDG_CACHE_HOME=/other/folder showrunner run`',
  });
});

test('the room of this machine can be told', async () => {
  expect((await diskCheck().look(contextOf({ cacheDir: '/no/such/folder' }))).found).toContain(tmpdir());
});

const engine = { docker: docker({ info: async () => ({ DockerRootDir: '/var/lib/docker' }) }) };
const engineDisk = (mb: number) => engineDiskCheck(diskOf({ '/var/lib/docker': mb }));

test.each([
  [1500, 'ok'],
  [1499, 'warning'],
  [499, 'problem'],
])('an engine with %d MB left', async (mb, level) => {
  expect((await engineDisk(mb).look(contextOf({ engine }))).level).toBe(level);
});

test('the files of an engine elsewhere are not looked at', async () => {
  expect((await engineDisk(9000).look(contextOf({ engine: { ...engine, remoteHost: 'box' } }))).level).toBe(
    'not looked at',
  );
  expect((await engineDiskCheck(diskOf({})).look(contextOf({ engine }))).level).toBe('not looked at');
});
