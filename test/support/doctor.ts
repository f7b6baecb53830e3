import type Docker from 'dockerode';
import type { Context } from '../../orchestrator/doctor/check.ts';
import { ShowrunnerError } from '../../orchestrator/errors.ts';
import { exitCodes } from '../../orchestrator/exit-codes.ts';
import type { Engine } from '../../orchestrator/runtime/containers/engine.ts';
import { FakeClock } from './fake-clock.ts';

interface Given extends Partial<Omit<Context, 'engine' | 'signal'>> {
  /** What it says of itself, or why it cannot be used. */
  readonly engine?: Partial<Engine> | Error;
}

/** An engine as any other, but for what is given. */
export const engineOf = (given: Partial<Engine> = {}): Engine => ({
  docker: {} as Docker,
  version: '20.10.24',
  apiVersion: '1.41',
  os: 'linux',
  arch: 'amd64',
  cpus: 2,
  memoryMb: 8000,
  rootless: false,
  remoteHost: undefined,
  cgroupVersion: '2',
  limits: { cpu: true, memory: true },
  ...given,
});

/** What a check is given, on a machine with an engine unless told otherwise. */
export function contextOf({ engine = {}, ...given }: Given = {}): Context {
  return {
    runtime: 'auto',
    clock: new FakeClock(),
    cacheDir: '/home/me/.cache/showrunner',
    seed: '42',
    backends: async () => [],
    signal: new AbortController().signal,
    engine: async () => {
      if (engine instanceof Error) throw engine;
      return engineOf(engine);
    },
    ...given,
  };
}

/** An error of `connectEngine`. */
export const engineError = (code: string, message: string, hint: string): ShowrunnerError =>
  new ShowrunnerError(code, message, { hint, exitCode: exitCodes.environment });

export const noEngineError = engineError('no-engine', 'no container engine answers at /run/d.sock', 'start the engine');

export const docker = (answers: Partial<Record<keyof Docker, () => unknown>>): Docker => answers as unknown as Docker;
