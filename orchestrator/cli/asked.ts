import type { Backend } from '../backends/backend.ts';
import { embeddedBackend } from '../backends/embedded/backend.ts';
import { createPrograms, type Programs, type ProgramsOptions } from '../backends/programs.ts';
import { sharing } from '../backends/sharing.ts';
import type { ExpectationKind } from '../expectations/expectation.ts';
import type { Show } from '../show/show.ts';
import type { ConfiguredBackend } from '../config/config.ts';
import { upperSnake } from '../config/environment.ts';
import { acceptsSecret, schemaBelow } from '../config/setting-schema.ts';
import type { Asked } from '../conductor/perform.ts';
import { messageOf, ProblemsError, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { createForwarder } from '../telemetry/forward/create-forwarder.ts';
import type { Accepted, Forwarder } from '../telemetry/forward/forwarder.ts';
import type { TelemetryStore } from '../telemetry/store.ts';

/** Takes what the tap receives to every backend of the run. */
export interface FanOut {
  onAccepted(accepted: Accepted): void;
  readonly forwarders: Map<string, Forwarder>;
}

export function createFanOut(): FanOut {
  const forwarders = new Map<string, Forwarder>();
  return {
    forwarders,
    onAccepted: (accepted) => forwarders.forEach((forwarder) => forwarder.take(accepted)),
  };
}

/**
 * Throws a ProblemsError (exit code 2) where a secret of one of these is not found, and a ShowrunnerError (exit code 2) for a backend
 * that nobody has described and that we cannot start.
 */
export function checkConfigured(wanted: readonly ConfiguredBackend[]): void {
  const problems = wanted.flatMap((backend) => backend.problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  for (const { name, kind, adapter, settings } of wanted) {
    if (settings !== undefined || adapter.programs || adapter.settings.safeParse({}).success) continue;
    const missing = (adapter.settings.safeParse({}).error?.issues ?? []).map(({ path }) => String(path[0]));
    const written = missing.map((setting) => {
      const schema = schemaBelow(adapter.settings, setting);
      const secret = schema !== undefined && acceptsSecret(schema);
      return `${setting}: ${secret ? `{ env: ${upperSnake(kind)}_${upperSnake(setting)} }` : '…'}`;
    });
    const example = [...(kind === name ? [] : [`kind: ${kind}`]), ...written].join(', ');
    throw new ShowrunnerError(
      'backend-not-configured',
      `where ${name} is, is not known: ${missing.join(', ')} is missing`,
      {
        hint: `describe it in showrunner.yaml under backends: (docs/backends.md), for example\n    backends:\n      ${name}: { ${example} }`,
        exitCode: exitCodes.usage,
      },
    );
  }
}

/** What of a show a backend cannot be asked for, known before anything is started: those verdicts will be `unverified`. */
export function unanswerable(
  show: Show,
  backends: readonly ConfiguredBackend[],
  kinds: Readonly<Record<string, ExpectationKind>>,
): readonly string[] {
  const used = new Set(show.acts.flatMap(({ expectations }) => expectations.map(({ kind }) => kind)));
  return backends.flatMap(({ name, adapter: { how, remarks } }) =>
    [...used].flatMap((kind) => {
      const question = kinds[kind]?.asks.find((each) => how[each] === 'unsupported');
      const why = question && remarks[question];
      return question
        ? [`${kind} will be unverified on ${name}, which cannot be asked for ${question}${why ? `: ${why}` : ''}`]
        : [];
    }),
  );
}

/** Starts what has to be started, connects the tap, and opens the backends. Leaves nothing behind when it throws. */
export async function startAsked(
  wanted: readonly ConfiguredBackend[],
  store: TelemetryStore,
  { fanOut, ...options }: ProgramsOptions & { readonly fanOut: FanOut },
): Promise<Asked> {
  let programs: Programs | undefined;
  const settingsOf = async ({ name, adapter, settings }: ConfiguredBackend): Promise<unknown> => {
    if (settings !== undefined) return settings;
    if (!adapter.programs || !adapter.settingsOf) return adapter.settings.parse({});
    programs ??= createPrograms(options);
    return adapter.settingsOf(await programs.start(name, adapter.programs));
  };
  const backends: Backend[] = [];
  try {
    for (const backend of wanted) {
      const { name, adapter } = backend;
      const settings = await settingsOf(backend);
      const destination = adapter.destination(settings);
      if (destination) fanOut.forwarders.set(name, createForwarder({ name, destination }));
      backends.push(sharing(adapter.open(settings, { name, store })));
    }
  } catch (error) {
    await Promise.all([...fanOut.forwarders.values()].map((forwarder) => forwarder.close()));
    await programs?.close().catch((left: unknown) => options.progress(messageOf(left)));
    throw error;
  }
  return {
    backends,
    live: embeddedBackend(store),
    undelivered(name, window) {
      const forwarder = fanOut.forwarders.get(name);
      if (!forwarder) return { dropped: 0, waiting: 0 };
      return { trouble: forwarder.trouble, ...forwarder.missing(window) };
    },
    troubles: () => [
      ...[...fanOut.forwarders.values()].flatMap(({ name, trouble }) => (trouble ? [`${name}: ${trouble}`] : [])),
      ...(programs?.ended() ?? []),
    ],
    async counted(name) {
      const forwarder = fanOut.forwarders.get(name);
      if (!forwarder) {
        const { written, lost } = await store.count();
        return { delivered: written, dropped: lost };
      }
      await forwarder.close();
      const { delivered, dropped } = forwarder.counts();
      return { delivered, dropped };
    },
    async close() {
      await programs?.close();
    },
  };
}
