import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { Client } from 'pg';
import { messageOf, ShowrunnerError } from '../../../errors.ts';
import { exitCodes } from '../../../exit-codes.ts';
import { aborting } from '../../running/aborting.ts';
import {
  connectionString,
  initdbArguments,
  seedingSettings,
  settingsArguments,
} from '../../running/postgres-settings.ts';
import { type SchemaFile, seed } from '../../running/seed.ts';
import type { Engine } from '../engine.ts';
import { labelsOf } from '../labels.ts';
import { sweepRun } from '../sweep.ts';
import { imageFailure } from './engine-stream.ts';
import { dockerFile } from './pinned.ts';
import { tarOf } from './tar.ts';

/** Where the data is in a database image, and whose: the user of the official image, by number. */
const home = '/srv';
export const dataDir = `${home}/database`;
export const dataOwner = 999;
const user = `${dataOwner}:${dataOwner}`;

const readyMs = 30_000;
const stopMs = 60_000;

export interface DataSpec {
  /** An image with `initdb` and `postgres` in its PATH. */
  readonly server: string;
  readonly schema: readonly SchemaFile[];
  readonly seed: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes a data folder with the seeded database in containers of its own, and hands it to `use` as a tar archive of a folder `srv` with it in it.
 * Containers and volume are gone afterwards, or with the next sweep if we are. Throws a ShowrunnerError (exit code 3) that says what failed.
 */
export async function withSeededData(
  engine: Engine,
  spec: DataSpec,
  use: (archive: NodeJS.ReadableStream) => Promise<void>,
): Promise<void> {
  const run = `images-${process.pid}-${randomBytes(3).toString('hex')}`;
  const labels = labelsOf(run);
  try {
    await engine.docker.createVolume({ Name: `showrunner-${run}`, Labels: labels });
    const workshop = new Workshop(engine, spec, { run, labels });
    await workshop.initialise();
    const server = await workshop.seed();
    await use(await server.getArchive({ path: home }));
  } catch (error) {
    spec.signal.throwIfAborted();
    throw imageFailure(error, 'the image database could not be made', {
      code: 'database-image-failed',
      hint: '`showrunner doctor` looks for usual causes; `--runtime process` needs no images',
    });
  } finally {
    // An engine that fails in the work often fails in this too; then the first error tells more, and a later sweep removes what is left.
    const { left } = await sweepRun(engine, run).catch((error: unknown) => ({
      left: [`what ${run} has on the engine (${messageOf(error)})`],
    }));
    for (const what of left) spec.progress(`could not remove ${what}`);
  }
}

/** The containers that share the volume in which a database is made. */
class Workshop {
  readonly #engine: Engine;
  readonly #spec: DataSpec;
  readonly #run: { readonly run: string; readonly labels: Record<string, string> };

  constructor(engine: Engine, spec: DataSpec, run: { readonly run: string; readonly labels: Record<string, string> }) {
    this.#engine = engine;
    this.#spec = spec;
    this.#run = run;
  }

  async initialise(): Promise<void> {
    const initdb = await this.#create('initdb', ['initdb', '-D', dataDir, ...initdbArguments], { NetworkMode: 'none' });
    // A new volume belongs to root: initdb could make no folder in it.
    const folder = { path: basename(dataDir), folder: { mode: 0o700, owner: dataOwner } };
    await initdb.putArchive(tarOf([folder]), { path: home });
    await initdb.start();
    await this.#ended(initdb, 'initdb', readyMs);
  }

  /** Fills the database and stops its server in order; the folder is whole then. */
  async seed(): Promise<Docker.Container> {
    const { signal, schema, seed: value } = this.#spec;
    const settings = settingsArguments({ ...seedingSettings, listen_addresses: '*' });
    const ports = { '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] };
    const server = await this.#create('seeding', ['postgres', '-D', dataDir, ...settings], { PortBindings: ports });
    // What initdb has written lets in nobody who comes over a network.
    const access = { path: 'pg_hba.conf', text: dockerFile('database', 'pg_hba.conf'), owner: dataOwner };
    await server.putArchive(tarOf([access]), { path: dataDir });
    await server.start();
    const port = await this.#accepting(server);
    await Promise.race([seed(port, schema, value), aborting(signal)]);
    // A fast shutdown: everything is written, and nothing has to be recovered at the next start.
    await server.kill({ signal: 'SIGINT' });
    await this.#ended(server, 'postgres', stopMs);
    return server;
  }

  #create(part: string, command: readonly string[], host: Docker.HostConfig): Promise<Docker.Container> {
    this.#spec.signal.throwIfAborted();
    const { run, labels } = this.#run;
    return this.#engine.docker.createContainer({
      name: `showrunner-${run}-${part}`,
      Image: this.#spec.server,
      Labels: { ...labels },
      User: user,
      Env: ['LC_ALL=C', 'TZ=UTC'],
      Entrypoint: command.slice(0, 1),
      Cmd: command.slice(1),
      ExposedPorts: { '5432/tcp': {} },
      HostConfig: {
        Binds: [`showrunner-${run}:${home}`],
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ReadonlyRootfs: true,
        ...host,
      },
    });
  }

  async #accepting(server: Docker.Container): Promise<number> {
    const { signal } = this.#spec;
    const deadline = performance.now() + readyMs;
    for (;;) {
      const { State, NetworkSettings } = await server.inspect();
      if (!State.Running) throw await this.#failure(server, `postgres ended with exit code ${State.ExitCode}`);
      const port = Number(NetworkSettings.Ports['5432/tcp']?.[0]?.HostPort);
      const refused = await refusal(port);
      if (refused === undefined) return port;
      if (performance.now() > deadline)
        throw await this.#failure(server, `postgres accepted no connection: ${refused}`);
      await sleep(50, undefined, { signal });
    }
  }

  async #ended(container: Docker.Container, program: string, patienceMs: number): Promise<void> {
    const { signal } = this.#spec;
    const late = AbortSignal.timeout(patienceMs);
    const { StatusCode } = (await Promise.race([container.wait(), aborting(AbortSignal.any([signal, late]))]).catch(
      async (error: unknown) => {
        if (late.aborted) throw await this.#failure(container, `${program} did not end within ${patienceMs / 1000} s`);
        throw error;
      },
    )) as { StatusCode: number };
    if (StatusCode !== 0) throw await this.#failure(container, `${program} ended with exit code ${StatusCode}`);
  }

  async #failure(container: Docker.Container, what: string) {
    const output = await container.logs({ stdout: true, stderr: true, tail: 20, follow: false });
    const logTail = linesOf(output);
    const isFull = logTail.some((line) => /no space left on device/i.test(line));
    return new ShowrunnerError(
      isFull ? 'disk-full' : 'database-image-failed',
      `the image database could not be made: ${what}`,
      {
        exitCode: exitCodes.environment,
        hint: isFull
          ? 'free some space where the engine keeps its volumes (`docker system df`), then try again'
          : 'its last words are above; `--runtime process` needs no images',
        logTail,
      },
    );
  }
}

/** Why a server takes no connection yet; undefined when it does. */
async function refusal(port: number): Promise<string | undefined> {
  const client = new Client({ connectionString: connectionString(port, 'template1'), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.end();
  }
}

/** Each piece of a log has a header of eight bytes, of which the last four are its length: https://docs.docker.com/reference/api/engine/ */
function linesOf(output: Buffer): readonly string[] {
  let text = '';
  for (let at = 0; at + 8 <= output.length;) {
    const length = output.readUInt32BE(at + 4);
    text += output.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text.split('\n').filter((line) => line.trim() !== '');
}
