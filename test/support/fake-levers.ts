import type { FaultContext, Levers } from '../../orchestrator/faults/fault.ts';
import type { InstanceState } from '../../orchestrator/runtime/running/instance.ts';
import { FakeClock } from './fake-clock.ts';

/** Levers that remember what was done with them: one entry a call, in order. */
export interface FakeLevers {
  readonly levers: Levers;
  readonly calls: string[];
  readonly versions: Record<string, string>;
  /** Lines of any service's log: when (epoch ms) and what. */
  readonly logLines: { readonly at: number; readonly line: string }[];
  readonly toxics: Record<string, unknown>[];
  /** Answers the database's queries; the first entry whose text is part of the statement counts. */
  readonly answers: Map<string, readonly Record<string, unknown>[]>;
  /** Without it a health request fails. */
  roundTripMs: number | undefined;
  /** What the system says of any service. */
  look: InstanceState;
  /** The next call whose entry begins with this fails. */
  failing: string | undefined;
}

export function fakeLevers(): FakeLevers {
  const fake: Omit<FakeLevers, 'levers'> = {
    calls: [],
    versions: { catalog: '2.4.0', checkout: '1.9.0' },
    logLines: [],
    toxics: [],
    answers: new Map(),
    roundTripMs: 5,
    look: { state: 'running', words: 'it is running' },
    failing: undefined,
  };
  const call = (entry: string): void => {
    fake.calls.push(entry);
    if (fake.failing === undefined || !entry.startsWith(fake.failing)) return;
    fake.failing = undefined;
    throw new Error(`${entry} failed`);
  };
  const levers: Partial<Levers> = {
    flags: {
      async rollOut(flag, variant, share) {
        call(`roll out ${flag}=${variant} to ${share}`);
        return async () => call(`roll back ${flag}`);
      },
      changed: () => [],
    },
    database: {
      async query(sql) {
        call(sql.replaceAll(/\s+/g, ' '));
        return [...fake.answers].find(([part]) => sql.includes(part))?.[1] ?? [];
      },
      close: async () => undefined,
    },
    network: {
      async delay(link, latencyMs, jitterMs, share) {
        call(`delay ${link} by ${latencyMs}±${jitterMs} on ${share}`);
        fake.toxics.push({ type: 'latency' });
        return async () => {
          call(`no delay on ${link}`);
          fake.toxics.length = 0;
        };
      },
      toxics: async () => [...fake.toxics],
      async roundTrip(_link, withinMs) {
        if (fake.roundTripMs === undefined) throw new Error(`no answer within ${withinMs} ms`);
        return fake.roundTripMs;
      },
    },
    shop: {
      async release(service: string, { version }: { version: string }) {
        call(`release ${service} ${version}`);
        fake.versions[service] = version;
      },
      version: (service: string) => fake.versions[service] ?? '',
      logs: async (_service: string, since: number) =>
        fake.logLines.filter(({ at }) => at >= since).map(({ line }) => line),
      async pause(service: string) {
        call(`pause ${service}`);
        fake.look = { state: 'paused', words: 'it is paused' };
      },
      async resume(service: string) {
        call(`resume ${service}`);
        fake.look = { state: 'running', words: 'it is running' };
      },
      async kill(service: string) {
        call(`kill ${service}`);
        fake.look = { state: 'down', words: 'it has no process' };
      },
      async revive(service: string) {
        call(`revive ${service}`);
        fake.look = { state: 'running', words: 'it is running' };
      },
      async limitCpu(service: string, cores?: number) {
        call(`limit ${service} to ${cores ?? 'what it had'}`);
      },
      look: async () => fake.look,
    } as unknown as Levers['shop'],
  };
  return Object.assign(fake, { levers: levers as Levers });
}

export function faultContext<With>(
  fake: FakeLevers,
  given: Partial<FaultContext<With>> & { with: With },
): FaultContext<With> {
  return {
    on: '',
    intensity: 1,
    levers: fake.levers,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    ...given,
  };
}
