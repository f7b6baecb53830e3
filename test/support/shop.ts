import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDatabase as start } from '../../orchestrator/runtime/process/database.ts';
import { installedLayout } from '../../orchestrator/runtime/process/layout.ts';
import { freePort } from '../../orchestrator/runtime/process/ports.ts';
import { connectionString } from '../../orchestrator/runtime/running/postgres-settings.ts';
import { RunProcesses } from '../../orchestrator/runtime/process/run-processes.ts';
import { createRunState } from '../../orchestrator/runtime/process/run-state.ts';

export { freePort };

/** A seeded database of its own for a test. */
export interface ShopDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/** The database as the runtime makes it, without the rest of the shop. */
export async function startDatabase(seed = 1): Promise<ShopDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-database-'));
  const state = createRunState(`test-${randomUUID()}`);
  const processes = new RunProcesses(state, folder);
  const stop = async (): Promise<void> => {
    await Promise.all(processes.running.map((each) => each.stop(5000)));
    await processes.release();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await freePort();
    await start({
      state,
      processes,
      port,
      schemaDir: installedLayout().schemaDir,
      cacheDir: join(folder, 'cache'),
      seed: String(seed),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    return { url: connectionString(port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
