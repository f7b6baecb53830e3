import { expect, test } from 'vitest';
import { portsCheck } from '../../../orchestrator/doctor/ports.ts';
import { contextOf } from '../../support/doctor.ts';

/** Opens so many ports, then fails with the code. */
function reserving(free: number, code: string) {
  let open = 0;
  let opened = 0;
  const reserve = async () => {
    if (opened >= free) throw Object.assign(new Error(`listen ${code}: 127.0.0.1`), { code });
    opened += 1;
    open += 1;
    return { port: opened, letGo: () => void (open -= 1) };
  };
  return { reserve, open: () => open };
}

test('as many ports as a show has are opened and let go', async () => {
  const { reserve, open } = reserving(1_000, '');
  expect((await portsCheck(reserve).look(contextOf())).level).toBe('ok');
  expect(open()).toBe(0);
  expect((await portsCheck().look(contextOf())).level).toBe('ok');
});

test.each([
  [0, 'EADDRNOTAVAIL', 'sudo ip link set lo up'],
  [12, 'EADDRINUSE', 'ip_local_port_range'],
  [30, 'EMFILE', 'ulimit -n 4096'],
  [5, 'EPERM', 'a sandbox'],
  [5, 'EWHAT', 'ss -ltn'],
])('with %d ports, then %s, a show cannot be played', async (free, code, remedy) => {
  const { reserve, open } = reserving(free, code);
  expect(await portsCheck(reserve).look(contextOf({ runtime: 'process' }))).toEqual({
    level: 'problem',
    found: `only ${free} of 64 ports of 127.0.0.1 could be opened: listen ${code}: 127.0.0.1`,
    remedy: expect.stringContaining(remedy),
  });
  expect(open()).toBe(0);
});
