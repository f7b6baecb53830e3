import { z } from 'zod';
import type { Span } from '../backend.ts';
import { NoAnswer, type HttpClient } from '../http.ts';
import { type JaegerApi, nonsense, type Search, searchDepth } from './api.ts';
import { legacyTrace, spansOfLegacy } from './legacy-span.ts';

const errors = z.array(z.object({ code: z.number().optional(), msg: z.string() })).nullish();
const services = z.object({ data: z.array(z.string()).nullable(), errors });
const traces = z.object({ data: z.array(legacyTrace).nullable(), errors });

/** `/api/services` and `/api/traces`, as Jaeger's own pages asked before 2.20; it finds traces of one service at a time. */
export async function openLegacy(name: string, http: HttpClient): Promise<JaegerApi> {
  const api: JaegerApi = {
    generation: 'legacy',
    async services() {
      return read(name, services, await http.json('/api/services'), []);
    },
    async search(search) {
      return spansOfAll(read(name, traces, await http.json('/api/traces', { query: parametersOf(search) }), []));
    },
    async trace(traceId) {
      const answer = await http.json(`/api/traces/${traceId}`, { query: { raw: true }, accept: [404] });
      return spansOfAll(read(name, traces, answer, [404]));
    },
  };
  await api.services();
  return api;
}

function parametersOf({ from, to, service }: Search): Readonly<Record<string, string | number | boolean | undefined>> {
  // Microseconds.
  return { service, start: from * 1000, end: to * 1000, limit: searchDepth, raw: true };
}

/** The data of an envelope; none where its only errors have one of the codes that mean "nothing there". */
function read<T>(
  name: string,
  schema: z.ZodType<{ readonly data: readonly T[] | null; readonly errors?: z.output<typeof errors> }>,
  answer: unknown,
  nothing: readonly number[],
): readonly T[] {
  const envelope = schema.safeParse(answer);
  if (!envelope.success) throw nonsense(name, 'the answer is none of Jaeger’s', envelope.error);
  const [trouble] = (envelope.data.errors ?? []).filter(({ code }) => !nothing.includes(code ?? 0));
  if (trouble) {
    // Jaeger gives what it has found beside its errors: a part is no answer.
    throw new NoAnswer('backend-failed', `${name} gave only a part: ${trouble.msg}`, { hint: 'look at its log' });
  }
  return envelope.data.data ?? [];
}

function spansOfAll(list: readonly z.output<typeof legacyTrace>[]): readonly Span[] {
  return list.flatMap(spansOfLegacy);
}
