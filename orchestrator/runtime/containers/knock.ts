import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import type { Reach } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { imageLabel } from './images/image-store.ts';
import { labelsOf } from './labels.ts';
import { sweepRun } from './sweep.ts';

export interface Knock extends Reach {
  /** Has Node. */
  readonly image: string;
  readonly signal: AbortSignal;
}

const program = `fetch(process.argv[1], { signal: AbortSignal.timeout(3000) })
  .then((response) => response.text())
  .catch((error) => {
    console.log(error.cause?.message ?? error.message);
    process.exitCode = 1;
  });`;

/**
 * Whether a container gets an answer from a server of this process: undefined, or what it says of the failure. The container is on a network
 * of its own, as those of a run are: firewalls tell the bridges of networks apart. Nothing stays on the engine.
 */
export async function knock(engine: Engine, { listen, host, image, signal }: Knock): Promise<string | undefined> {
  const server = createServer((_, response) => response.end('here')).listen(0, listen);
  await once(server, 'listening', { signal });
  const run = `doctor-${process.pid}-${randomBytes(3).toString('hex')}`;
  try {
    const url = `http://${host}:${(server.address() as AddressInfo).port}`;
    return await fetchFrom(engine.docker, { run, image, url, signal });
  } finally {
    server.close();
    // Also what the engine is still making for us, and by labels: never anything else.
    await sweepRun(engine, run);
  }
}

interface Visit {
  readonly run: string;
  readonly image: string;
  readonly url: string;
  readonly signal: AbortSignal;
}

async function fetchFrom(docker: Docker, { run, image, url, signal }: Visit): Promise<string | undefined> {
  const name = `showrunner-${run}`;
  const Labels = labelsOf(run);
  await docker.createNetwork({ Name: name, Labels, abortSignal: signal });
  const container = await docker.createContainer({
    name,
    Labels,
    Image: image,
    User: '65534:65534',
    Entrypoint: ['node'],
    Cmd: ['-e', program, url],
    HostConfig: {
      AutoRemove: true,
      NetworkMode: name,
      ExtraHosts: ['host.docker.internal:host-gateway'],
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
    abortSignal: signal,
  });
  const output = new PassThrough();
  const words = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal });
  docker.modem.demuxStream(words, output, output);
  words.on('end', () => output.end()).on('error', () => output.end());
  const ended = container.wait({ condition: 'next-exit', abortSignal: signal }) as Promise<{ StatusCode: number }>;
  // A start that fails is the error to tell.
  ended.catch(() => undefined);
  await container.start({ abortSignal: signal });
  const [said, { StatusCode }] = await Promise.all([text(output), ended]);
  return StatusCode === 0 ? undefined : said.trim() || `exit code ${StatusCode}`;
}

/** Any image of ours with Node that the engine has; which version of the shop is in it does not matter. */
export async function imageWithNode({ docker }: Engine): Promise<string | undefined> {
  const images = await docker.listImages({ filters: { label: [imageLabel.name] } });
  return images.find(({ Labels }) => ['node', 'shop'].includes(Labels?.[imageLabel.name] ?? ''))?.Id;
}
