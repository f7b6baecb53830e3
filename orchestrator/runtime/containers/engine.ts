import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';

/** A container engine that answers, and what it says of itself. */
export interface Engine {
  readonly docker: Docker;
  /** `20.10.24` */
  readonly version: string;
  /** `1.41` */
  readonly apiVersion: string;
  /** As Docker names them: `linux`, `amd64` or `arm64`. */
  readonly os: string;
  readonly arch: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Runs without root, so that its bridge addresses are not this machine's. */
  readonly rootless: boolean;
  /** Reached over TCP or SSH on another machine: undefined where it runs here. */
  readonly remoteHost: string | undefined;
  readonly cgroupVersion: string;
  /** Whether it can limit the CPU and the memory of a container. */
  readonly limits: { readonly cpu: boolean; readonly memory: boolean };
}

/** Docker 20.10, of 2020: the first with `host-gateway` for names of hosts, which is how the shop finds the tap. */
export const oldestApi = 1.41;

const startHint = 'start the engine (`sudo systemctl start docker`), or play with `--runtime process`';

/** Connects to the engine that DOCKER_HOST or the usual sockets lead to. Throws a ShowrunnerError (exit code 3) that says why not. */
export async function connectEngine(): Promise<Engine> {
  const sockets = usualSockets();
  if (!process.env['DOCKER_HOST'] && !sockets.some((path) => existsSync(path))) {
    throw failure(
      'no-engine-installed',
      `no container engine: there is none of ${sockets.join(', ')}, and DOCKER_HOST is not set`,
      {
        hint: 'install Docker (`apt-get install docker.io`), or play with `--runtime process`',
      },
    );
  }
  const docker = await client(sockets);
  const asked = Promise.all([docker.info() as Promise<Info>, docker.version() as Promise<{ ApiVersion?: string }>]);
  const [info, version] = await within(answerMs, asked).catch(async (error: unknown) => {
    throw await unusable(error);
  });
  const apiVersion = version.ApiVersion ?? '0';
  if (Number(apiVersion) < oldestApi) {
    throw failure(
      'engine-too-old',
      `the container engine ${info.ServerVersion} speaks API ${apiVersion}; ${oldestApi} is needed`,
      {
        hint: 'update it to Docker 20.10 or newer, or play with `--runtime process`',
      },
    );
  }
  return engineOf(docker, info, apiVersion);
}

interface Info {
  readonly ServerVersion: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly SecurityOptions?: readonly string[];
  readonly CgroupVersion?: string;
  readonly CpuCfsQuota?: boolean;
  readonly MemoryLimit?: boolean;
}

function engineOf(docker: Docker, info: Info, apiVersion: string): Engine {
  return {
    docker,
    version: info.ServerVersion,
    apiVersion,
    os: info.OSType,
    arch: { x86_64: 'amd64', aarch64: 'arm64' }[info.Architecture] ?? info.Architecture,
    cpus: info.NCPU,
    memoryMb: Math.round(info.MemTotal / 1024 ** 2),
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
    remoteHost: remoteHostOf(docker),
    cgroupVersion: info.CgroupVersion ?? '1',
    limits: { cpu: info.CpuCfsQuota ?? false, memory: info.MemoryLimit ?? false },
  };
}

/** The client of the engine at DOCKER_HOST, or at the first of the usual sockets, which Testcontainers is then told to use as well. */
async function client(sockets: readonly string[]): Promise<Docker> {
  // Loaded only here: other runtimes do without.
  const { default: Dockerode } = await import('dockerode');
  const socket = sockets.find((path) => existsSync(path));
  if (socket) process.env['DOCKER_HOST'] ??= `unix://${socket}`;
  // All ports are published there. Left to itself, Testcontainers takes the bridge's address where it believes to be in a container.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  return new Dockerode();
}

async function unusable(cause: unknown): Promise<ShowrunnerError> {
  const target = process.env['DOCKER_HOST'] ?? 'the engine';
  const socket = target.replace(/^unix:\/\//, '');
  const isClosed = await access(socket, constants.R_OK | constants.W_OK).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'EACCES',
  );
  if (isClosed) {
    return failure('engine-permission', `no permission to use the container engine at ${socket}`, {
      hint: 'add yourself to its group (`sudo usermod -aG docker $USER`, then log in again), or play with `--runtime process`',
      cause,
    });
  }
  return failure('no-engine', `no container engine answers at ${target}: ${messageOf(cause)}`, {
    hint: startHint,
    cause,
  });
}

/** An engine that takes longer is stuck, or is starting; a healthy one answers in milliseconds. */
const answerMs = 5000;

async function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const late = sleep(ms, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`no answer within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    patience.abort();
    late.catch(() => undefined);
  }
}

/** Where engines listen by themselves; Testcontainers looks there too. */
function usualSockets(): string[] {
  const runtimeDir = process.env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(runtimeDir ? [join(runtimeDir, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
  ];
}

function remoteHostOf({ modem }: Docker): string | undefined {
  const { host, socketPath } = modem as { host?: string; socketPath?: string };
  const isHere = socketPath !== undefined || host === undefined || /^(localhost|127\.|\[?::1)/.test(host);
  return isHere ? undefined : host;
}

/** An error of the environment that keeps containers from being used. */
export function failure(
  code: string,
  message: string,
  { hint, cause }: { readonly hint: string; readonly cause?: unknown },
): ShowrunnerError {
  return new ShowrunnerError(code, message, { hint, cause, exitCode: exitCodes.environment });
}
