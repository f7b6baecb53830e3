import type { ConfiguredBackend } from '../config/config.ts';
import { readConfig } from '../config/read-config.ts';
import type { DescribedBackend } from '../doctor/backends.ts';
import { ProblemsError, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { ping } from './ping.ts';

export interface DescribedOptions {
  /** Of showrunner.yaml, from the command line. */
  readonly config?: string | undefined;
  readonly store: TelemetryStore;
  readonly signal: AbortSignal;
}

/** Backends that showrunner.yaml or the environment describes, for the doctor to call. Throws a ProblemsError. */
export async function describedBackends(host: Host, options: DescribedOptions): Promise<readonly DescribedBackend[]> {
  const { backends } = await readConfig(host, { path: options.config });
  return Object.values(backends)
    .filter(({ settings, problems }) => settings !== undefined || problems.length > 0)
    .map((backend) => ({ name: backend.name, version: () => versionOf(host, backend, options) }));
}

async function versionOf(
  { clock }: Host,
  { name, adapter, settings, problems }: ConfiguredBackend,
  { store, signal }: DescribedOptions,
): Promise<string | undefined> {
  if (problems.length > 0) throw new ProblemsError(problems);
  const backend = adapter.open(settings, { name, store });
  if (!backend.judgedBy) return backend.version();
  // It cannot be asked anything: that it takes a span is all that shows that it is there.
  const { state, said, hint } = await ping(backend, adapter.destination(settings), { clock, signal, patienceMs: 0 });
  if (state === 'not called') return undefined;
  if (state === 'answers') return '(display only) took a span';
  throw new ShowrunnerError('backend-silent', `${name}: ${said}`, {
    hint: hint ?? 'is it running, and is this its address?',
    exitCode: exitCodes.environment,
  });
}
