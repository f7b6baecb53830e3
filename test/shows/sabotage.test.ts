import type { Backend } from '../../orchestrator/backends/backend.ts';
import { embedded } from '../../orchestrator/backends/embedded/adapter.ts';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import type { Adapters } from '../../orchestrator/cli/adapters.ts';
import type { Fault } from '../../orchestrator/faults/fault.ts';
import type { LoadRun } from '../../orchestrator/load/engine.ts';
import { playWith, type PlayedShow } from '../support/play.ts';
import { showFolder, slowBank } from '../support/show-folder.ts';

/** That a service is asked less is what one would see as well if there were no load, or no telemetry. */
const show = showFolder(
  'slow-bank',
  `${slowBank}  - act: gone
    for: 15s
    faults:
      - { inject: service-killed, at: 1s, on: payment }
    expect:
      - traffic: { service: payment, rate: '<= 0.1x baseline', min: 0 }
    heals: { within: 20s }
`,
);

/** Does something at the moment the fault is injected. */
function atInjection({ faults }: Adapters, act: () => Promise<unknown>): Pick<Adapters, 'faults'> {
  const fault = faults['slow-third-party'] as Fault;
  const inject: Fault['inject'] = async (context) => {
    await act();
    return fault.inject(context);
  };
  return { faults: { ...faults, 'slow-third-party': { ...fault, inject } } };
}

function verdictsOf({ summary }: PlayedShow, act: string): string[] {
  const { expectations = [], recovery = [] } = summary.acts.find((one) => one.act === act) ?? {};
  return [...new Set([...expectations, ...recovery].map(({ verdict }) => verdict))].toSorted();
}

test('with nothing sabotaged every verdict is met', async () => {
  const played = await playWith(show, () => ({}));
  expect(verdictsOf(played, 'calm')).toEqual(['met']);
  expect(verdictsOf(played, 'slow-bank')).toEqual(['met']);
  expect(verdictsOf(played, 'gone')).toEqual(['met']);
  expect(played.exitCode).toBe(0);
});

test('a fault that is not in force makes its act not-applied', async () => {
  const played = await playWith(show, ({ faults }) => {
    const fault = faults['slow-third-party'] as Fault;
    const inject: Fault['inject'] = async (context) => {
      const injected = await fault.inject(context);
      await injected.undo();
      return injected;
    };
    return { faults: { ...faults, 'slow-third-party': { ...fault, inject } } };
  });
  expect(verdictsOf(played, 'slow-bank')).toEqual(['not-applied']);
  expect(played.exitCode).toBe(1);
});

test('a shop whose telemetry is cut is unverified', async () => {
  const wire = await startWire();
  afterAll(() => wire.cut());
  const played = await playWith(show, (real) => ({
    ...atInjection(real, () => wire.cut()),
    runtime: {
      ...real.runtime,
      start: (options) => real.runtime.start({ ...options, otlpEndpoint: wire.to(options.otlpEndpoint) }),
    },
  }));
  expect(verdictsOf(played, 'calm')).toEqual(['met']);
  expect(verdictsOf(played, 'slow-bank')).toEqual(['unverified']);
  expect(verdictsOf(played, 'gone')).toEqual(['unverified']);
  expect(played.exitCode).toBe(1);
});

test('a show whose load stops is no-load', async () => {
  let load: LoadRun | undefined;
  const played = await playWith(show, (real) => ({
    ...atInjection(real, async () => load?.stop()),
    engine: { ...real.engine, start: async (plan) => (load = await real.engine.start(plan)) },
  }));
  expect(verdictsOf(played, 'calm')).toEqual(['met']);
  expect(verdictsOf(played, 'slow-bank')).toEqual(['no-load']);
  expect(verdictsOf(played, 'gone')).toEqual(['no-load']);
  expect(played.exitCode).toBe(1);
});

test('a backend that no longer answers is unverified', async () => {
  let broken = false;
  const breakable: typeof embedded.open = (settings, context) => {
    const backend = embedded.open(settings, context);
    const methods = Object.entries(backend).map(([name, method]: [string, unknown]) => {
      if (typeof method !== 'function' || name === 'close') return [name, method];
      const breaking = (...args: unknown[]): unknown =>
        broken ? Promise.reject(new Error('query API: 500')) : Reflect.apply(method, backend, args);
      return [name, breaking];
    });
    return { ...backend, ...Object.fromEntries(methods) } as Backend;
  };
  const played = await playWith(show, (real) => ({
    ...atInjection(real, async () => (broken = true)),
    backends: {
      embedded: {
        name: 'embedded',
        kind: 'embedded',
        settings: {},
        adapter: { ...embedded, open: breakable },
        problems: [],
      },
    },
  }));
  expect(verdictsOf(played, 'calm')).toEqual(['met']);
  expect(verdictsOf(played, 'slow-bank')).toEqual(['unverified']);
  expect(played.exitCode).toBe(1);
});

/** A wire to the tap that can be cut. */
async function startWire(): Promise<{ to(endpoint: string): string; cut(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let target = new URL('http://127.0.0.1:1');
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    to(endpoint) {
      target = new URL(endpoint);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the wire has no port');
      return `http://127.0.0.1:${address.port}`;
    },
    async cut() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
