import type { ZodType } from 'zod';
import type { Trace } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import {
  dbQueryPage,
  type DbQueryStats,
  httpServerPage,
  type HttpServerStats,
  organisation,
  type Page,
  type Summary,
  summaryPage,
} from './answers.ts';
import { Asker, type AskerOptions } from './asker.ts';
import type { Settings } from './settings.ts';
import type { Seconds } from './windows.ts';

/** Which spans of a service statistics are about. Of `route` a part is enough. */
export interface StatisticsQuestion {
  readonly service: string;
  readonly seconds: Seconds;
  readonly version?: string;
  readonly method?: string;
  readonly route?: string;
}

export interface AttributeCondition {
  readonly key: string;
  readonly value: string;
  readonly operator: 'EQ' | 'NEQ';
  readonly type: 'string';
}

/** Which traces are listed, newest first. */
export interface ListQuestion {
  readonly service: string;
  readonly seconds: Seconds;
  readonly statusCode?: 'ERROR';
  readonly minLatencyMillis?: number;
  readonly attributes?: readonly AttributeCondition[];
  readonly resourceAttributes?: readonly AttributeCondition[];
}

/** Mackerel's API by its questions. Each throws a NoAnswer where there is no answer. */
export interface MackerelClient {
  organisation(): Promise<{ readonly name: string; readonly displayName?: string | undefined }>;
  httpServerStats(question: StatisticsQuestion): Promise<readonly HttpServerStats[]>;
  dbQueryStats(question: StatisticsQuestion): Promise<readonly DbQueryStats[]>;
  /** Up to 100 of them; `page` counts from 1. */
  listTraces(question: ListQuestion, page: number): Promise<Page<Summary>>;
  /** The trace with this id, or a listed one; undefined where there is none. */
  trace(traceId: string, listed?: Summary): Promise<Trace | undefined>;
  skewMs(): number | undefined;
  close(): void;
}

const perPage = 100;
const maxPages = 20;

export function mackerelClient(settings: Settings, options: AskerOptions): MackerelClient {
  const asker = new Asker(settings, options);
  const shop = { serviceNamespace: settings.namespace, environment: settings.environment };

  async function statistics<Row>(
    endpoint: '/api/v0/apm/http-server-stats' | '/api/v0/apm/db-query-stats',
    schema: ZodType<Page<Row>>,
    { service, seconds, ...rest }: StatisticsQuestion & { readonly orderColumn: string },
  ): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let page = 1; page <= maxPages; page += 1) {
      const query = { serviceName: service, ...shop, ...seconds, ...rest, page, perPage };
      const answer = await asker.ask(endpoint, { query }, schema, seconds.to);
      rows.push(...answer.results);
      if (!answer.hasNextPage) return rows;
    }
    throw new NoAnswer('backend-too-much', `${options.name} has more than ${maxPages * perPage} rows of ${service}`, {
      hint: 'ask for one route, or a shorter window',
    });
  }

  return {
    organisation: () => asker.ask('/api/v0/org', {}, organisation),
    httpServerStats: (question) =>
      statistics('/api/v0/apm/http-server-stats', httpServerPage, { ...question, orderColumn: 'REQUEST_COUNT' }),
    dbQueryStats: (question) =>
      statistics('/api/v0/apm/db-query-stats', dbQueryPage, { ...question, orderColumn: 'EXECUTION_COUNT' }),
    listTraces({ service, seconds, ...rest }, page) {
      const order = { column: 'START_AT', direction: 'DESC' };
      const body = { serviceName: service, ...shop, ...seconds, ...rest, page, perPage, order };
      return asker.ask('/api/v0/traces', { body }, summaryPage, seconds.to);
    },
    trace: (traceId, listed) => asker.trace(traceId.toLowerCase(), listed),
    skewMs: () => asker.skewMs,
    close: () => asker.close(),
  };
}
