import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { GenericContainer, PullPolicy, Wait, type WaitStrategy } from 'testcontainers';
import type { Engine } from './engine.ts';
import { hasStatus } from './refusals.ts';

/** How a container of a run is made. */
export interface ContainerSpec {
  /** The part of the shop it is: also its log's name. */
  readonly part: string;
  /** On the engine, unique. */
  readonly name: string;
  /** How other containers of the run find it. */
  readonly alias: string;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Published on 127.0.0.1, at a port that the engine chooses. */
  readonly ports: readonly number[];
  readonly memoryMb: number;
  readonly user?: string;
  /** `volume:/path`. */
  readonly volumes?: readonly string[];
  readonly stopSignal?: string;
  /** Of its own network, `net.*`. */
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly ready: WaitStrategy;
}

export const readyWithinMs = 30_000;

/** Ready when the path answers with 200 and what is expected: short polls, and an end at once when the container ends. */
export function answering(path: string, port: number, expected: (body: string) => boolean = () => true): WaitStrategy {
  return Wait.forHttp(path, port, { abortOnContainerExit: true })
    .forStatusCode(200)
    .forResponsePredicate(expected)
    .withReadTimeout(100)
    .withStartupTimeout(readyWithinMs);
}

/** What becomes known of a container while it starts. */
export interface Birth {
  /** Resolves when it has ended, or is gone, with how. While the engine does not answer, nobody knows. */
  readonly ended: Promise<string>;
  /** Resolves when all it said is in its log. */
  readonly logged: Promise<unknown>;
  readonly docker: Docker.Container;
}

/**
 * A container with no more rights than the shop needs: no root, no capabilities, no new privileges, a file system it cannot write to, limits
 * for CPU, memory and processes, ports on 127.0.0.1 alone, and only the run's own network.
 */
export class ShopContainer extends GenericContainer {
  readonly #engine: Engine;
  readonly #spec: ContainerSpec;
  readonly #logFile: string;
  readonly #onBirth: (birth: Birth) => void;

  constructor(
    engine: Engine,
    spec: ContainerSpec,
    { logFile, onBirth }: { logFile: string; onBirth: (birth: Birth) => void },
  ) {
    super(spec.image);
    this.#engine = engine;
    this.#spec = spec;
    this.#logFile = logFile;
    this.#onBirth = onBirth;
    this.withName(spec.name)
      .withLabels({ ...spec.labels })
      .withEnvironment({ ...spec.env })
      // One empty string: none, whatever the image says.
      .withEntrypoint([''])
      .withCommand([...spec.command])
      .withExposedPorts(...spec.ports)
      .withNetworkMode(spec.network)
      .withExtraHosts([{ host: 'host.docker.internal', ipAddress: 'host-gateway' }])
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges')
      .withResourcesQuota({ memory: spec.memoryMb / 1024, cpu: coresOf(engine) })
      .withAutoCleanup(false)
      .withPullPolicy(PullPolicy.neverPull())
      .withWaitStrategy(spec.ready);
    if (spec.user) this.withUser(spec.user);
  }

  /** What Testcontainers has no word for. */
  protected override beforeContainerCreated = async (): Promise<void> => {
    const { alias, network, ports, volumes = [], stopSignal, sysctls = {}, memoryMb } = this.#spec;
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: { Aliases: [alias] } } };
    if (stopSignal) this.createOpts.StopSignal = stopSignal;
    Object.assign(this.hostConfig, {
      Binds: [...volumes],
      Sysctls: { ...sysctls },
      ReadonlyRootfs: true,
      // Names of containers are the engine's to answer; all others are nobody's, at once.
      Dns: ['127.0.0.1'],
      DnsOptions: ['timeout:1', 'attempts:1'],
      PidsLimit: 256,
      MemorySwap: memoryMb * 1024 ** 2,
      // Its words go to the run's log; the engine keeps only what a reader who comes late may miss.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
      PortBindings: Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '0' }]])),
    });
  };

  /** Before its first word: so that no line is lost, and none is read twice after a restart. */
  protected override containerCreated = async (id: string): Promise<void> => {
    const docker = this.#engine.docker.getContainer(id);
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    const words = await docker.attach({ stream: true, stdout: true, stderr: true });
    docker.modem.demuxStream(words, log, log);
    words.on('end', () => log.end()).on('error', () => log.end());
    // A full disk ends the log, not the shop; the journal, which is on the same disk, says so.
    const logged = finished(log).catch(() => undefined);
    this.#onBirth({ ended: untilEnded(docker), logged, docker });
  };
}

/** As many cores as a part of the shop may use: enough that nothing is held back while all is well. */
export const coresOf = ({ cpus }: Engine): number => Math.min(2, cpus);

const lookEveryMs = 5000;

/**
 * How a container ended. The engine tells at once, by a request that waits; a connection that is cut on the way never answers, so the
 * container is looked at now and then as well.
 */
async function untilEnded(docker: Docker.Container): Promise<string> {
  const never = new Promise<never>(() => undefined);
  const told = docker.wait({ condition: 'next-exit' }).then(
    // Without a status the answer is only the end of the connection.
    ({ StatusCode }: { StatusCode?: number }) => StatusCode ?? never,
    () => never,
  );
  for (;;) {
    const status = await Promise.race([told, sleep(lookEveryMs, undefined, { ref: false })]);
    const seen = status ?? (await exitSeen(docker));
    if (seen === 'gone') return 'removed by somebody else';
    if (seen !== undefined) return endOf(docker, seen);
  }
}

/** The status of a container that has ended; undefined while it has not, and while the engine does not say. */
async function exitSeen(docker: Docker.Container): Promise<number | 'gone' | undefined> {
  return docker.inspect().then(
    ({ State }) => (State.Status === 'exited' || State.Status === 'dead' ? State.ExitCode : undefined),
    (error: unknown) => (hasStatus(error, 404) ? 'gone' : undefined),
  );
}

/** Exit statuses above 128 are signals: https://docs.docker.com/engine/containers/run/#exit-status */
async function endOf(docker: Docker.Container, status: number): Promise<string> {
  const isOutOfMemory = await docker.inspect().then(
    ({ State }) => State.OOMKilled,
    () => false,
  );
  if (isOutOfMemory) return `exit code ${status}, out of memory`;
  return status === 137 ? 'signal SIGKILL' : `exit code ${status}`;
}
