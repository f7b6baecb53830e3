import { expect, test } from 'vitest';
import { hostGatewayCheck } from '../../../orchestrator/doctor/host-gateway.ts';
import { contextOf, docker, engineError } from '../../support/doctor.ts';

const reach = async () => ({ listen: '172.17.0.1', host: 'host.docker.internal' });
const image = async () => 'sha256:1';

test('a container reached this machine', async () => {
  const check = hostGatewayCheck({ reach, image, knock: async () => undefined });
  expect(await check.look(contextOf())).toEqual({
    level: 'ok',
    found: 'a container reached host.docker.internal (a server that listens on 172.17.0.1)',
  });
});

test('a firewall keeps `auto` from taking containers, which is a warning', async () => {
  const check = hostGatewayCheck({ reach, image, knock: async () => 'connect ETIMEDOUT' });
  expect(await check.look(contextOf())).toEqual({
    level: 'warning',
    found:
      'no container can reach host.docker.internal (a server that listens on 172.17.0.1): connect ETIMEDOUT; shows play as processes',
    remedy: 'let containers in at the firewall: `sudo iptables -I INPUT -i br-+ -j ACCEPT`',
  });
});

test('without an image it is not tried, which is not ok', async () => {
  const check = hostGatewayCheck({ reach });
  const engine = { docker: docker({ listImages: async () => [] }) };
  expect(await check.look(contextOf({ engine }))).toMatchObject({
    level: 'warning',
    found: expect.stringContaining('not tried'),
    remedy: 'showrunner images build',
  });
});

test('any image of ours with Node will do', async () => {
  const images = [
    { Id: 'sha256:database', Labels: { 'showrunner.image': 'database' } },
    { Id: 'sha256:shop', Labels: { 'showrunner.image': 'shop' } },
  ];
  const used: string[] = [];
  const check = hostGatewayCheck({
    reach,
    knock: async (_, { image: name }) => void used.push(name),
  });
  await check.look(contextOf({ engine: { docker: docker({ listImages: async () => images }) } }));
  expect(used).toEqual(['sha256:shop']);
});

test('an engine on another machine cannot reach us', async () => {
  const away = hostGatewayCheck({
    image,
    reach: async () => {
      throw engineError('engine-remote', 'the engine runs on box', 'use --runtime process');
    },
  });
  expect(await away.look(contextOf())).toEqual({
    level: 'warning',
    found: 'the engine runs on box; shows play as processes',
    remedy: 'use --runtime process',
  });
  expect((await away.look(contextOf({ runtime: 'containers' }))).level).toBe('problem');
});
