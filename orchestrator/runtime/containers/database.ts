import { Wait } from 'testcontainers';
import { databaseName } from '../running/platform.ts';
import { settingsArguments } from '../running/postgres-settings.ts';
import { readyWithinMs } from './container.ts';
import type { RunImages } from './images/images.ts';
import type { RunContainers } from './run-containers.ts';
import type { RunningContainer } from './running-container.ts';

const memoryMb = 512;

/** Starts Postgres on a volume that begins with the seeded data of its image. */
export async function startDatabase(
  containers: RunContainers,
  { image, dataDir, user, command }: RunImages['database'],
): Promise<RunningContainer> {
  const volume = await containers.createVolume('database');
  return containers.start({
    part: databaseName,
    alias: databaseName,
    image,
    command: [...command, '-D', dataDir, ...settingsArguments({ listen_addresses: '*' })],
    env: {},
    ports: [5432],
    memoryMb,
    user,
    volumes: [`${volume}:${dataDir}`],
    // Immediate: the data is thrown away with the run.
    stopSignal: 'SIGQUIT',
    ready: Wait.forLogMessage(/database system is ready to accept connections/).withStartupTimeout(readyWithinMs),
  });
}
