import type { Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { buildImage, findImage } from '../../orchestrator/runtime/containers/images/image-store.ts';
import { pinned } from '../../orchestrator/runtime/containers/images/pinned.ts';
import { tarOf } from '../../orchestrator/runtime/containers/images/tar.ts';

/** As https://github.com/grafana/k6/blob/v2.2.0/Dockerfile, but for the base image: the binary is linked with nothing. */
const dockerfile = `FROM scratch
COPY k6 /usr/bin/k6
USER 12345
WORKDIR /home/k6
ENTRYPOINT ["/usr/bin/k6"]
`;

/**
 * Gives an engine that cannot pull it the image of k6: the stock binary, under the name and tag that docker/k6 pins. Returns how to remove it;
 * an image that was there before is used, and stays.
 */
export async function provideK6Image(engine: Engine): Promise<() => Promise<void>> {
  const [tag = ''] = pinned('k6').split('@');
  if ((await findImage(engine, pinned('k6'))) || (await findImage(engine, tag))) return async () => undefined;
  const binary = process.env['SHOWRUNNER_K6'];
  if (!binary) throw new Error('no k6: set SHOWRUNNER_K6 to what .ci/build-tools/k6.sh prints');
  const context = tarOf([
    { path: 'Dockerfile', text: dockerfile },
    { path: 'k6', from: binary },
  ]);
  await buildImage(engine, { name: 'test-k6', reference: tag, context }, AbortSignal.timeout(60_000));
  return async () => void (await engine.docker.getImage(tag).remove());
}
