import type { EndOfTest, ResultMetric } from '../result.ts';

export interface Section {
  readonly title: string;
  /** In the order of their names, submetrics after their metric. */
  readonly metrics: readonly (readonly [string, ResultMetric])[];
}

/** The heading of what the script measures by itself. */
export const custom = 'CUSTOM';

/** By the beginnings of names, in the order of k6's machine-readable form; the first that fits. */
const beginnings: readonly (readonly [string, readonly string[]])[] = [
  ['HTTP', ['http_reqs', 'http_req_failed', 'http_req_duration']],
  ['EXECUTION', ['vus', 'iterations', 'iteration_duration', 'dropped_iterations']],
  ['NETWORK', ['data_sent', 'data_received']],
  ['BROWSER', ['browser_']],
  ['GRPC', ['grpc_']],
  ['WEBSOCKET', ['ws_']],
];
const webVitals = 'WEB_VITALS';

/** The parts of a request and the durations of groups are left to `handleSummary` and `--summary-export`; checks have a place of their own. */
const leftOut = [
  'checks',
  'group_duration',
  'http_req_blocked',
  'http_req_connecting',
  'http_req_receiving',
  'http_req_sending',
  'http_req_tls_handshaking',
  'http_req_waiting',
];

/** The metrics that k6's compact summary shows, under their headings, those of the script first. */
export function sectionsOf(metrics: EndOfTest['metrics']): readonly Section[] {
  const sorted = byName(Object.entries(metrics)).flatMap(([name, metric]) => {
    const title = titleOf(name);
    return title === undefined ? [] : [{ title, entry: [name, metric] as const }];
  });
  const titles = [custom, ...beginnings.map(([title]) => title).toSpliced(4, 0, webVitals)];
  return titles
    .map((title) => ({ title, metrics: sorted.filter((each) => each.title === title).map(({ entry }) => entry) }))
    .filter((section) => section.metrics.length > 0);
}

/** Sorts by the name of the metric, then by the tags of the submetric. */
export function byName<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => order.compare(parentOf(a), parentOf(b)) || order.compare(tagsOf(a), tagsOf(b)));
}

/** `http_req_duration` of `http_req_duration{status:200}`. */
export const parentOf = (name: string): string => name.split('{', 1)[0] ?? name;

/** `{status:200}`; empty where it is no submetric. */
export const tagsOf = (name: string): string => name.slice(parentOf(name).length);

const order = new Intl.Collator('en');

function titleOf(name: string): string | undefined {
  if (leftOut.some((beginning) => name.startsWith(beginning))) return undefined;
  if (name.startsWith('browser_web_vital_')) return webVitals;
  return beginnings.find(([, names]) => names.some((beginning) => name.startsWith(beginning)))?.[0] ?? custom;
}
