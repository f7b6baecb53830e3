import { NoAnswer } from '../http.ts';
import type { PrometheusApi } from './api.ts';
import { at, during, type Readings } from './promql.ts';

interface Trouble {
  readonly says: string;
  readonly hint: string;
  /** PromQL that has a value where there is this trouble, and none where there is not. */
  expression(where: Where): string;
}

interface Where {
  /** The counter of all spans. */
  readonly calls: string;
  /** Those of it that are asked for. */
  readonly series: string;
  readonly readings: Readings;
  readonly delayMs: number;
}

/** What makes the difference of two readings of a counter a wrong number. */
const troubles: Readonly<Record<string, Trouble>> = {
  reset: {
    says: 'counters began again within the window',
    hint: 'the collector was restarted: the next window is whole again',
    expression: ({ series, readings }) =>
      `count(resets(${during(series, readings)}) > 0 or min_over_time(${during(series, readings)}) < ${at(series, readings.from)})`,
  },
  lost: {
    says: 'counters grew within the window and were gone at its end',
    hint: 'the collector was restarted or is down, or Prometheus could not scrape it',
    expression: ({ series, readings }) => {
      const last = `last_over_time(${during(series, readings)})`;
      return `count((${last} > (${at(series, readings.from)} or ${last} * 0)) unless ${at(series, readings.to)})`;
    },
  },
  down: {
    says: 'a source of span metrics that there was within the hour could not be read at an end of the window',
    hint: 'look at the targets of Prometheus: is the collector running?',
    expression: ({ calls, readings }) => [readings.from, readings.to].map((ms) => missing(calls, ms)).join(' or '),
  },
  old: {
    says: 'the newest counters at an end of the window are older than twice the delay',
    hint: 'Prometheus was down or stopped scraping; where it scrapes more seldom, write `delayMs`',
    expression: ({ series, readings, delayMs }) =>
      [readings.from, readings.to]
        .map((ms) => `${ms / 1000} - max(timestamp(${at(series, ms)})) > ${(2 * delayMs) / 1000}`)
        .join(' or '),
  },
};

const targets = (vector: string): string => `group by (job, instance) (${vector})`;

/** Targets whose counters are not there, unless they answer: a collector that has begun again counts nothing before its first span. */
function missing(calls: string, ms: number): string {
  return (
    `count(${targets(`last_over_time(${at(`${calls}[1h]`, ms)})`)} unless ${targets(at(calls, ms))} ` +
    `unless ${targets(`${at('up', ms)} == 1`)})`
  );
}

/** Throws where counters cannot be compared between these readings. */
export async function noTrouble(api: PrometheusApi, where: Where): Promise<void> {
  const marked = Object.entries(troubles).map(
    ([kind, { expression }]) => `label_replace(${expression(where)}, "trouble", "${kind}", "", "")`,
  );
  for (const { labels } of await api.vector(marked.join(' or '))) {
    const trouble = troubles[labels['trouble'] ?? ''];
    if (trouble) throw new NoAnswer('backend-cut', `${api.name}: ${trouble.says}`, { hint: trouble.hint });
  }
}
