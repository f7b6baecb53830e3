import type Docker from 'dockerode';
import type { StartedTestContainer } from 'testcontainers';
import { messageOf } from '../../errors.ts';
import type { Instance, InstanceState } from '../running/instance.ts';
import { tailOf } from '../running/logs.ts';
import { type Birth, coresOf } from './container.ts';
import type { Engine } from './engine.ts';
import { hasStatus } from './refusals.ts';
import { cpuOf } from './statistics.ts';

/** A container of a run that answers. */
export interface RunningContainer extends Instance {
  readonly docker: Docker.Container;
  /** Asks it to end, and waits for nothing. */
  drain(): Promise<void>;
  /** `127.0.0.1:port` where this process reaches a port of the container. */
  addressOf(port: number): string;
}

/** What can be done with a container that answers. It is removed from the engine when it has ended: its log is in the run's folder. */
export function runningContainer(
  engine: Engine,
  started: StartedTestContainer,
  { ended, logged, docker }: Birth,
  { name, logFile }: { readonly name: string; readonly logFile: string },
): RunningContainer {
  let running = true;
  let stopping = false;
  let exit = '';
  const over = ended
    .catch((error: unknown) => `lost: ${messageOf(error)}`)
    .then(async (how) => {
      running = false;
      exit = how;
      await logged;
      return how;
    });
  const container: RunningContainer = {
    name,
    docker,
    logFile,
    ended: over,
    get running() {
      return running;
    },
    get stopping() {
      return stopping;
    },
    addressOf: (port) => `127.0.0.1:${started.getMappedPort(port)}`,
    logTail: () => tailOf(logFile),
    async drain() {
      stopping = true;
      await ignoring(docker.kill({ signal: 'SIGTERM' }));
    },
    async stop(patienceMs) {
      stopping = true;
      if (running) {
        // A paused container would get the signal only when it goes on.
        await ignoring(docker.unpause());
        await ignoring(docker.stop({ t: Math.ceil(patienceMs / 1000) }));
      }
      await discard(docker);
    },
    async kill() {
      stopping = true;
      await ignoring(docker.unpause());
      await ignoring(docker.kill({ signal: 'SIGKILL' }));
      await over;
    },
    pause: () => docker.pause() as Promise<void>,
    resume: () => ignoring(docker.unpause()),
    look: () => (running ? lookAt(docker, started.getName()) : downState(started.getName(), exit)),
    limitCpu: async (cores = coresOf(engine)) => void (await docker.update({ NanoCpus: Math.round(cores * 1e9) })),
  };
  // What the engine cannot remove now is removed with the run.
  void over.then(() => discard(docker)).catch(() => undefined);
  return container;
}

async function lookAt(docker: Docker.Container, name: string): Promise<InstanceState> {
  const [{ State, HostConfig }, cpu] = await Promise.all([docker.inspect(), cpuOf(docker)]);
  const state = State.Paused ? 'paused' : State.Running ? 'running' : 'down';
  const limitCores = (HostConfig.NanoCpus ?? 0) / 1e9;
  return { state, words: `container ${name.replace(/^\//, '')} is ${State.Status}`, cpu: { limitCores, ...cpu } };
}

async function downState(name: string, exit: string): Promise<InstanceState> {
  return { state: 'down', words: `container ${name.replace(/^\//, '')} has ended: ${exit}` };
}

/** Removes a container, whatever its state; one that is gone is fine. */
async function discard(docker: Docker.Container): Promise<void> {
  await docker.remove({ force: true, v: true }).catch((error: unknown) => {
    // 409: somebody else is removing it.
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
  });
}

/** Waits for a request that is refused where there is nothing to do: it has ended, is not paused, or is gone. */
async function ignoring(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    const isDone = hasStatus(error, 404) || hasStatus(error, 304) || /not paused|not running/i.test(messageOf(error));
    if (!isDone) throw error;
  });
}
