import type { Header } from './header.ts';
import type { Got } from './target.ts';
import type { Played, Summary, SummaryGroup, SummaryMetric } from './players.ts';

export type Fact = string | number | boolean;

/** Everything that is compared of a played script, flat: `metrics/iterations/count` → 5, `console/0` → `info hello`. */
export type Facts = Readonly<Record<string, Fact>>;

/** One line of an engine's log, as k6 writes it where standard error is no terminal. */
export interface Logged {
  readonly level: string;
  readonly text: string;
  /** `console`: the script's own; `stacktrace`: an exception; otherwise the engine's. */
  readonly source: string;
}

const times = /^(http_req_(?!failed)|iteration_duration|group_duration)/;

/** Whether a fact is a measured time in milliseconds. */
export const isTime = (path: string): boolean => {
  // A metric's name may have slashes: those of its tags.
  const [, metric = '', leaf = ''] = /^metrics\/(.*)\/([^/]+)$/.exec(path) ?? [];
  return leaf === 'elapsed' || (times.test(metric) && leaf !== 'count');
};

// HTTP/1.1 means it also where it is not said (RFC 9112, 9.3): an engine may send it, and counts its bytes then.
const implied = 'connection: keep-alive\r\n';
const sentImplied = ({ headers }: Got): boolean => headers['connection'] === 'keep-alive';

export function factsOf(
  played: Played,
  { logs, tells }: Pick<Header, 'logs' | 'tells'> = { logs: [], tells: [] },
): Facts {
  const normal = normaliser(played);
  const facts: Record<string, Fact> = { exit: played.exit };
  if (played.summary) Object.assign(facts, summaryFacts(played.summary));
  if ('metrics/data_sent/count' in facts) {
    facts['metrics/data_sent/count'] =
      Number(facts['metrics/data_sent/count']) - implied.length * played.got.filter(sentImplied).length;
  }
  const lines = logged(played.stderr);
  for (const wanted of logs) facts[`logs/${wanted.level} ${wanted.text}`] = isLogged(lines, wanted);
  for (const text of tells) facts[`tells/${text}`] = played.stderr.includes(text);
  lines
    .filter(({ source }) => source === 'console')
    .forEach(({ level, text }, i) => (facts[`console/${i}`] = normal(`${level} ${text}`)));
  for (const [name, text] of Object.entries(played.files)) facts[`files/${name}`] = normal(text);
  printed(normal(played.stdout)).forEach((line, i) => (facts[`printed/${i}`] = line));
  played.got.forEach((one, i) => Object.assign(facts, requestFacts(`requests/${i}`, one, normal)));
  return facts;
}

/** The parts that are different for each run for no fault of the engine's: the target's port and the script's folder. */
function normaliser({ target }: Played): (text: string) => string {
  const { host, port } = new URL(target);
  return (text) =>
    text
      .replaceAll(host, 'TARGET')
      .replaceAll(new RegExp(`\\b${port}\\b`, 'g'), 'PORT')
      .replaceAll(/(?:file:\/\/)?\/\S*?\/test\/parity\/scripts\//g, 'SCRIPTS/');
}

function summaryFacts({ metrics, root_group: root, setup_data: data }: Summary): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [name, metric] of Object.entries(metrics)) Object.assign(facts, metricFacts(`metrics/${name}`, metric));
  Object.assign(facts, groupFacts(root));
  if (data !== undefined) facts['setup_data'] = JSON.stringify(data, sorted);
  return facts;
}

// Go's maps come in any order.
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

function metricFacts(path: string, { thresholds = {}, ...values }: SummaryMetric): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [expression, crossed] of Object.entries(thresholds)) facts[`${path}/thresholds/${expression}`] = crossed;
  for (const [key, value] of Object.entries(values as Record<string, number>)) facts[`${path}/${key}`] = value;
  const { count, rate } = values as { count?: number; rate?: number };
  // A counter's rate says nothing new but how long the test took.
  if (count !== undefined && rate !== undefined) {
    delete facts[`${path}/rate`];
    facts[`${path}/elapsed`] = rate === 0 ? 0 : (count / rate) * 1000;
  }
  return facts;
}

function groupFacts(group: SummaryGroup): Record<string, Fact> {
  const facts: Record<string, Fact> = { [`groups/${group.path}`]: group.id };
  for (const [name, check] of Object.entries(group.checks)) {
    for (const [key, value] of Object.entries(check)) facts[`checks/${group.path}::${name}/${key}`] = value;
  }
  for (const inner of Object.values(group.groups)) Object.assign(facts, groupFacts(inner));
  return facts;
}

function requestFacts(path: string, got: Got, normal: (text: string) => string): Record<string, Fact> {
  const boundary = /boundary=(\S+)/.exec(got.headers['content-type'] ?? '')?.[1];
  const whole = (text: string): string => normal(boundary ? text.replaceAll(boundary, 'BOUNDARY') : text);
  const facts: Record<string, Fact> = { [path]: whole(`${got.method} ${got.path}`) };
  for (const [name, value] of Object.entries(got.headers)) {
    if (name === 'connection' && sentImplied(got)) continue;
    facts[`${path}/${name}`] = name === 'content-length' ? Number(value) : whole(value);
  }
  if (got.body !== '') facts[`${path}/body`] = whole(got.body);
  return facts;
}

/** Standard output without its numbers: the form of the summary, not the values, which the exported summary has. */
function printed(stdout: string): string[] {
  return stdout
    .replaceAll(/\d+(?:\.\d+)?(?:h|ms|m|[µμ]s|ns|s|%| [kM]?B)?(?:\/s)?/g, '#')
    .replaceAll(/#+/g, '#')
    .replaceAll(/\.{2,}:/g, '..:')
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

export const isLogged = (lines: readonly Logged[], { level, text }: { level: string; text: string }): boolean =>
  lines.some((line) => line.level === level && line.text.includes(text));

/** Lines of logfmt, and whatever else was printed as lines of level `other`. */
export function logged(stderr: string): readonly Logged[] {
  return stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      if (!line.startsWith('time=')) return { level: 'other', text: line, source: '' };
      const fields = Object.fromEntries(
        [...line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S*)/g)].map(([, name, value]) => [name, unquoted(value!)]),
      ) as Record<string, string>;
      const { level = '', msg = '', error = '', source = '' } = fields;
      return { level, text: error ? `${msg}: ${error}` : msg, source };
    });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.slice(1, -1).replaceAll(/\\(x..|u....|.)/gs, (whole, code: string) => {
    if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return { n: '\n', t: '\t', r: '\r' }[code] ?? (code === '"' || code === '\\' ? code : whole);
  });
}

/** The main number of a metric: a counter's count, a rate's passes, a gauge's value. */
export function mainNumber(summary: Summary | undefined, metric: string): number | undefined {
  const { count, passes, value } = (summary?.metrics[metric] ?? {}) as Readonly<Record<string, number>>;
  return count ?? passes ?? value;
}
