import type { Trace } from '../backend.ts';
import type { TempoClient } from './client.ts';

/** From the end of a trace's last span on it is taken to be whole. Milliseconds. */
const wholeAfterMs = 60_000;

const maxRemembered = 300;

/** The same Tempo, not asked again for traces that ended long ago: several looks show the same ones. The oldest asked for is forgotten first. */
export function rememberingTraces(client: TempoClient): TempoClient {
  const remembered = new Map<string, Trace>();
  return {
    ...client,
    async trace(traceId) {
      const known = remembered.get(traceId);
      if (known !== undefined) return known;
      const trace = await client.trace(traceId);
      if (trace === undefined || endOf(trace) > Date.now() - wholeAfterMs) return trace;
      remembered.set(traceId, trace);
      const [oldest] = remembered.keys();
      if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
      return trace;
    },
  };
}

function endOf({ spans }: Trace): number {
  return Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
}
