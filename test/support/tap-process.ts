// The tap and its store in a process of their own, asked over IPC: node tap-process.ts <folder of the store> <spans to keep>.
import { embeddedBackend } from '../../orchestrator/backends/embedded/backend.ts';
import { startTap } from '../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore } from '../../orchestrator/telemetry/store.ts';

/** What it can be asked. */
export interface TapQuestions {
  /** Where it listens. */
  endpoint: string;
  /** Spans that are in the database once all are that were accepted so far. */
  written: number;
  /** Milliseconds that the statistics of all endpoints took, over everything there is. */
  statisticsMs: number;
}

const [, , dir = '', keep = ''] = process.argv;
const store = await openTelemetryStore({ dir, keep: { spans: Number(keep) } });
const tap = await startTap({ store });
const backend = embeddedBackend(store);

const answers: { readonly [Question in keyof TapQuestions]: () => Promise<TapQuestions[Question]> } = {
  endpoint: async () => tap.endpoint,
  written: async () => (await store.count()).written,
  async statisticsMs() {
    const from = performance.now();
    const rows = await backend.endpoints({ from: 0, to: Infinity }, {});
    if (rows.length === 0) throw new Error('no endpoint');
    return performance.now() - from;
  },
};

process.on('message', (question: keyof TapQuestions) => {
  void answers[question]().then((answer) => process.send?.(answer));
});
process.on('disconnect', () => {
  void tap.close().then(() => store.close());
});
