import { describe, expect, test } from 'vitest';
import type { Instance } from '../../../../orchestrator/runtime/running/instance.ts';
import { Service } from '../../../../orchestrator/runtime/running/service.ts';
import type { Crash } from '../../../../orchestrator/runtime/runtime.ts';
import type { ServiceSpec } from '../../../../orchestrator/runtime/shop.ts';

const spec = { name: 'back', version: '1.0.0' } as ServiceSpec;

/** An instance that ends when it is told to; what is asked of it goes to `asked`. */
class FakeInstance implements Instance {
  readonly name: string;
  readonly logFile = '';
  readonly asked: string[];
  readonly #end = Promise.withResolvers<string>();
  running = true;
  stopping = false;
  /** Every request to it fails. */
  refusing = false;

  constructor(name: string, asked: string[]) {
    this.name = name;
    this.asked = asked;
  }

  get ended(): Promise<string> {
    return this.#end.promise;
  }

  crash(exit = 'exit code 1'): void {
    this.running = false;
    this.#end.resolve(exit);
  }

  async kill(): Promise<void> {
    this.stopping = true;
    this.#ask('kill');
    this.crash('signal SIGKILL');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.asked.push(`stop ${this.name}`);
    this.crash('exit code 0');
  }

  async limitCpu(cores?: number): Promise<void> {
    this.#ask(`limit to ${cores ?? 'normal'}:`);
  }

  logTail = async () => [`tail of ${this.name}`];
  pause = async () => undefined;
  resume = async () => undefined;
  look = async () => ({ state: this.running ? 'running' : 'down', words: '' }) as const;

  #ask(what: string): void {
    this.asked.push(`${what} ${this.name}`);
    if (this.refusing || !this.running) throw new Error(`${this.name} refuses: ${what}`);
  }
}

/** A started service on a platform that notes what it does; its instances are called by their release and number. */
async function started({ restarts = 5 } = {}) {
  const asked: string[] = [];
  const crashes: Crash[] = [];
  const instances: FakeInstance[] = [];
  const stopping = new AbortController();
  const prepared = { next: (_instance: FakeInstance): void => undefined };
  let left = restarts;
  const service = new Service(spec, {
    platform: {
      async launch(_spec, { version }) {
        const instance = new FakeInstance(`${version}#${instances.length + 1}`, asked);
        asked.push(`launch ${instance.name}`);
        instances.push(instance);
        prepared.next(instance);
        return instance;
      },
      async handOver(old) {
        asked.push(`hand over ${old.name}`);
        await old.stop(0);
      },
    },
    signal: stopping.signal,
    crashed: (crash) => crashes.push(crash),
    mayRestart: () => --left >= 0,
  });
  await service.start();
  return { service, asked, crashes, instances, prepared, first: service.instance as FakeInstance };
}

const crashOf = (exit: string, name = '1.0.0#1') => ({ process: 'back', exit, logTail: [`tail of ${name}`] });

describe('a service that crashes', () => {
  test('is reported and started again, as long as restarts are left', async () => {
    const { service, crashes, first } = await started({ restarts: 1 });
    first.crash();
    await expect.poll(() => service.instance.name).toBe('1.0.0#2');
    (service.instance as FakeInstance).crash();
    await expect.poll(() => crashes).toEqual([crashOf('exit code 1'), crashOf('exit code 1', '1.0.0#2')]);
    await service.release({ version: '2.0.0' });
    expect(service.instance.name).toBe('2.0.0#3');
  });

  test('is not started again when a release came first', async () => {
    const { service, asked, crashes, first } = await started();
    const released = service.release({ version: '2.0.0' });
    first.crash();
    await released;
    await service.release({ version: '3.0.0' });
    expect(asked.filter((each) => each.startsWith('launch'))).toEqual([
      'launch 1.0.0#1',
      'launch 2.0.0#2',
      'launch 3.0.0#3',
    ]);
    expect(crashes).toEqual([crashOf('exit code 1')]);
  });

  test('is started again in its release before a release that was asked for later', async () => {
    const { service, asked, crashes, first } = await started();
    first.crash();
    await expect.poll(() => crashes).toHaveLength(1);
    await service.release({ version: '2.0.0' });
    expect(asked.slice(1)).toEqual(['launch 1.0.0#2', 'launch 2.0.0#3', 'hand over 1.0.0#2', 'stop 1.0.0#2']);
  });
});

describe('a kill', () => {
  test('keeps the service down without a crash, until it is revived, once', async () => {
    const { service, asked, crashes } = await started();
    await service.kill();
    await service.revive();
    await service.revive();
    expect(asked).toEqual(['launch 1.0.0#1', 'kill 1.0.0#1', 'launch 1.0.0#2']);
    expect(crashes).toEqual([]);
  });

  test('of what has already ended counts as done', async () => {
    const { service, asked, first } = await started();
    const killed = service.kill();
    first.crash();
    await killed;
    expect(first.running).toBe(false);
    expect(asked).toEqual(['launch 1.0.0#1', 'kill 1.0.0#1']);
    await service.revive();
    expect(service.instance.name).toBe('1.0.0#2');
  });

  test('that is refused because of an end that becomes known a moment later counts as done', async () => {
    const { service, asked, first } = await started();
    first.refusing = true;
    const killed = service.kill();
    await expect.poll(() => asked).toContain('kill 1.0.0#1');
    first.crash();
    await killed;
    await service.revive();
    expect(service.instance.name).toBe('1.0.0#2');
  });

  test('that fails throws, and a crash after it is reported and started again', async () => {
    const { service, crashes, first } = await started();
    first.refusing = true;
    await expect(service.kill()).rejects.toThrow('1.0.0#1 refuses: kill');
    await service.revive();
    expect(service.instance).toBe(first);
    first.crash();
    await expect.poll(() => service.instance.name).toBe('1.0.0#2');
    expect(crashes).toEqual([crashOf('exit code 1')]);
  });

  test('that waits for a release ends the new instance, not the old one', async () => {
    const { service, asked } = await started();
    await Promise.all([service.release({ version: '2.0.0' }), service.kill()]);
    expect(asked.at(-1)).toBe('kill 2.0.0#2');
  });
});

describe('a limit of CPU', () => {
  test('is kept by what is started after a crash, a release and a kill, until it is lifted', async () => {
    const { service, asked, first } = await started();
    await service.limitCpu(0.05);
    first.crash();
    await expect.poll(() => service.instance.name).toBe('1.0.0#2');
    await service.release({ version: '2.0.0' });
    await service.kill();
    await service.revive();
    await service.limitCpu();
    await service.release({ version: '3.0.0' });
    expect(asked.filter((each) => each.startsWith('limit'))).toEqual([
      'limit to 0.05: 1.0.0#1',
      'limit to 0.05: 1.0.0#2',
      'limit to 0.05: 2.0.0#3',
      'limit to 0.05: 2.0.0#4',
      'limit to normal: 2.0.0#4',
    ]);
  });

  test('can be lifted while the service is down: it comes back without one', async () => {
    const { service, asked } = await started();
    await service.limitCpu(0.05);
    await service.kill();
    await service.limitCpu();
    await service.revive();
    expect(asked.slice(1)).toEqual(['limit to 0.05: 1.0.0#1', 'kill 1.0.0#1', 'launch 1.0.0#2']);
  });

  test('can be lifted from an instance whose end becomes known a moment later', async () => {
    const { service, asked, first } = await started();
    await service.limitCpu(0.05);
    first.refusing = true;
    const lifted = service.limitCpu();
    await expect.poll(() => asked).toContain('limit to normal: 1.0.0#1');
    first.crash();
    await lifted;
    await expect.poll(() => service.instance.name).toBe('1.0.0#2');
    expect(asked).not.toContain('limit to 0.05: 1.0.0#2');
  });

  test('that could not be set is not kept', async () => {
    const { service, asked, first } = await started();
    first.refusing = true;
    await expect(service.limitCpu(0.05)).rejects.toThrow('1.0.0#1 refuses: limit to 0.05');
    await service.release({ version: '2.0.0' });
    expect(asked).not.toContain('limit to 0.05: 2.0.0#2');
  });

  test('that a new instance does not take ends that one, and the old one stays', async () => {
    const { service, asked, first, prepared } = await started();
    await service.limitCpu(0.05);
    prepared.next = (instance) => (instance.refusing = true);
    await expect(service.release({ version: '2.0.0' })).rejects.toThrow('2.0.0#2 refuses: limit to 0.05');
    expect(asked.at(-1)).toBe('stop 2.0.0#2');
    expect(service.instance).toBe(first);
    expect(service.version).toBe('1.0.0');
  });

  test('is refused where the runtime has none', async () => {
    const { service, first } = await started();
    Object.assign(first, { limitCpu: undefined });
    await expect(service.limitCpu(0.05)).rejects.toThrow('cannot limit the CPU');
  });
});
