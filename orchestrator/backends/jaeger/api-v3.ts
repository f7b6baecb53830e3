import { z } from 'zod';
import { spansOfOtlp } from '../computed/index.ts';
import type { Span } from '../backend.ts';
import { NoAnswer, type HttpClient } from '../http.ts';
import { type JaegerApi, nonsense, reading, type Search, searchDepth } from './api.ts';

/** Jaeger leaves out what is empty. */
const servicesAnswer = z.strictObject({ services: z.array(z.string()).default([]) });
const failure = z.object({ error: z.object({ httpCode: z.number(), message: z.string() }) });
const found = z.object({ result: z.object({ resourceSpans: z.array(z.unknown()).optional() }) });

/** Names of parameters: before 2.19 only the older ones are understood, from then on they are deprecated. */
interface Names {
  readonly from: string;
  readonly to: string;
  readonly service: string;
  readonly depth: string;
  readonly raw: string;
  readonly rawTrace: string;
}

const newNames: Names = {
  from: 'query.startTimeMin',
  to: 'query.startTimeMax',
  service: 'query.serviceName',
  depth: 'query.searchDepth',
  raw: 'query.rawTraces',
  rawTrace: 'rawTraces',
};
const oldNames: Names = {
  from: 'query.start_time_min',
  to: 'query.start_time_max',
  service: 'query.service_name',
  // 2.13 has not heard of `search_depth` yet.
  depth: 'query.num_traces',
  raw: 'query.raw_traces',
  rawTrace: 'raw_traces',
};

/** `/api/v3`, whose answers are OTLP/JSON. Undefined where there is nothing of the kind: an old version, or another product. */
export async function openV3(name: string, http: HttpClient): Promise<JaegerApi | undefined> {
  const services = async (): Promise<readonly string[] | undefined> => {
    const { status, text } = await http.text('/api/v3/services', { accept: [404] });
    const answer = status === 200 ? servicesAnswer.safeParse(parsed(text)) : undefined;
    return answer?.success ? answer.data.services : undefined;
  };
  if ((await services()) === undefined) return undefined;
  const names = await namesOf(name, http);

  return {
    generation: 'v3',
    async services() {
      const list = await services();
      if (list === undefined) throw nonsense(name, '/api/v3/services is no list of services any more');
      return list;
    },
    search: (search) => findTraces(name, http, parametersOf(search, names)),
    async trace(traceId) {
      const answer = await http.json(`/api/v3/traces/${traceId}`, { query: { [names.rawTrace]: true }, accept: [404] });
      return spansOf(name, answer);
    },
  };
}

/** Asks a question that every version refuses, or has no traces for, in words that tell which names it knows. */
async function namesOf(name: string, http: HttpClient): Promise<Names> {
  const nobody = parametersOf({ from: 1, to: 2 }, newNames);
  const answer = await http.json('/api/v3/traces', { query: nobody, accept: [400, 404, 500] });
  const refused = failure.safeParse(answer);
  if (!refused.success && !found.safeParse(answer).success) throw nonsense(name, 'it does not answer like Jaeger');
  return refused.success && refused.data.error.message.includes(oldNames.from) ? oldNames : newNames;
}

function parametersOf(
  { from, to, service }: Search,
  names: Names,
): Readonly<Record<string, string | number | boolean>> {
  return {
    [names.from]: new Date(from).toISOString(),
    [names.to]: new Date(to).toISOString(),
    ...(service !== undefined && { [names.service]: service }),
    [names.depth]: searchDepth,
    // As they were sent: otherwise Jaeger moves spans in time where it believes that a clock is wrong.
    [names.raw]: true,
  };
}

async function findTraces(
  name: string,
  http: HttpClient,
  query: Readonly<Record<string, string | number | boolean>>,
): Promise<readonly Span[]> {
  return spansOf(name, await http.json('/api/v3/traces', { query, accept: [400, 404] }));
}

/** No trace is a 404 with a sentence of Jaeger's own; any other 404 is not Jaeger's. */
function spansOf(name: string, answer: unknown): readonly Span[] {
  const refused = failure.safeParse(answer);
  if (refused.success) {
    const { httpCode, message } = refused.data.error;
    if (httpCode === 404 && /no traces found|trace not found/i.test(message)) return [];
    throw new NoAnswer('backend-rejected', `${name} refused the question (${httpCode}: ${message})`, {
      hint: 'its version may be older or newer than those we know',
      status: httpCode,
    });
  }
  const result = found.safeParse(answer);
  if (!result.success) throw nonsense(name, 'an answer to a search for traces has no result', result.error);
  return reading(name, 'a trace', () => spansOfOtlp(result.data.result.resourceSpans));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
