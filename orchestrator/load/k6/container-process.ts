import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import type { Engine } from '../../runtime/containers/engine.ts';
import { hasStatus, refusal } from '../../runtime/containers/refusals.ts';
import { messageOf } from '../../errors.ts';
import type { LoadPlan } from '../engine.ts';
import type { K6Exit, K6Process } from './run.ts';

export interface K6ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `host`, or the name of a network. */
  readonly network: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `folder:/path:ro` */
  readonly binds: readonly string[];
  /** Where k6 may write. */
  readonly workingDir: string;
}

/** Starts k6 in a container with no more rights than it needs; whatever it writes goes to the plan's log or terminal. */
export async function startK6Container(
  { docker }: Engine,
  spec: K6ContainerSpec,
  plan: LoadPlan,
): Promise<K6Process & { readonly remove: () => Promise<void> }> {
  const container = await created(docker, spec, plan);
  const remove = () => discard(container);
  try {
    const { over } = await attached(container, plan);
    // Asked before it is started: one that ends at once is not waited for in vain.
    const exit = exitOf(container);
    await container.start();
    if (hasTerminal(plan)) await fitted(container);
    const ended = exit.then(async (how) => {
      await over;
      return how;
    });
    return { pid: await pidOf(container, spec), ended, remove, signal: (signal) => void send(container, signal) };
  } catch (error) {
    // Why it did not start is what helps; what could not be removed has a lease, and goes with the next sweep.
    await remove().catch(() => undefined);
    throw refusal(error, `the container ${spec.name}`);
  }
}

/** Its process on this machine, whose memory and processor time count as the load's; undefined where another process has that number here. */
async function pidOf(container: Docker.Container, { args }: K6ContainerSpec): Promise<number | undefined> {
  const { State: state } = await container.inspect();
  // It may have ended by now.
  const commandLine = await readFile(`/proc/${state.Pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').slice(1, -1).join('\0') === args.join('\0') ? state.Pid : undefined;
}

async function created(docker: Docker, spec: K6ContainerSpec, plan: LoadPlan): Promise<Docker.Container> {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  try {
    return await docker.createContainer({
      name: spec.name,
      Image: spec.image,
      Labels: { ...spec.labels },
      Cmd: [...spec.args],
      Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
      // As whoever started it, who can read the script, and to whom belongs what k6 writes.
      User: `${uid}:${gid}`,
      WorkingDir: spec.workingDir,
      Tty: hasTerminal(plan),
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: {
        NetworkMode: spec.network,
        Binds: [...spec.binds],
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        // Without it root cannot even read what root may read on this machine.
        ...(uid === 0 && { CapAdd: ['DAC_OVERRIDE'] }),
        SecurityOpt: ['no-new-privileges'],
        LogConfig: { Type: 'none', Config: {} },
      },
    });
  } catch (error) {
    throw refusal(error, `the container ${spec.name}`);
  }
}

const hasTerminal = ({ terminal }: LoadPlan): boolean => terminal !== undefined && process.stdout.isTTY;

/** Passes on what the container writes; `over` resolves when it has written its last. */
async function attached(container: Docker.Container, plan: LoadPlan): Promise<{ readonly over: Promise<unknown> }> {
  const words = await container.attach({ stream: true, stdout: true, stderr: true });
  const over = finished(words, { writable: false }).catch(() => undefined);
  if (hasTerminal(plan)) {
    words.pipe(process.stdout, { end: false });
    return { over };
  }
  if (plan.terminal) {
    container.modem.demuxStream(words, process.stdout, process.stderr);
    return { over };
  }
  const log = createWriteStream(plan.logFile, { flags: 'a' });
  // A full disk ends the log, not the load.
  const logged = finished(log).catch(() => undefined);
  container.modem.demuxStream(words, log, log);
  void over.then(() => log.end());
  return { over: logged };
}

/** Of use to progress bars only, and too late for a container that has ended already. */
async function fitted(container: Docker.Container): Promise<void> {
  await container.resize({ h: process.stdout.rows, w: process.stdout.columns }).catch(() => undefined);
}

async function exitOf(container: Docker.Container): Promise<K6Exit> {
  try {
    const { StatusCode: code } = (await container.wait({ condition: 'next-exit' })) as { StatusCode?: number };
    // Without a status the answer is only the end of the connection.
    if (code === undefined) return { code: undefined, how: 'the container engine has ended' };
    // Exit statuses above 128 are signals, but for k6's own 255: https://docs.docker.com/engine/containers/run/#exit-status
    if (code > 128 && code < 255) return { code: undefined, how: `signal ${code - 128}` };
    return { code, how: `exit code ${code}` };
  } catch (error) {
    return { code: undefined, how: messageOf(error) };
  }
}

async function send(container: Docker.Container, signal: string): Promise<void> {
  await container.kill({ signal }).catch(() => {
    // It has ended, or the engine has: then the wait for its end tells.
  });
}

async function discard(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    // 409: somebody else is removing it.
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
  });
}
