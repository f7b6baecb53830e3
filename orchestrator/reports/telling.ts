import type pc from 'picocolors';
import type { PlannedAct, RunEvent, SpokenPart } from '../conductor/events.ts';
import type { Verdict } from '../expectations/expectation.ts';
import type { Language } from '../show/show.ts';
import type { LoadFigures, Summary } from './summarise.ts';
import { clockTime, duration, percent, wrap } from './text.ts';
import { sideBySide } from './side-by-side.ts';
import { verdictTable } from './verdict-table.ts';
import { waterfall } from './waterfall.ts';
import type { Words } from './words.ts';

/** How a run is told; what is not readonly follows the events. */
export interface Telling {
  words: Words;
  language: Language;
  readonly paint: ReturnType<typeof pc.createColors>;
  readonly width: number;
  readonly talkWidth: number;
  readonly quiet: boolean;
  readonly runDir: string;
  /** Start of the first act, from which the times count. */
  startedAt: number;
  acts: readonly PlannedAct[];
  /** The act that plays. */
  act: string | undefined;
  /** Whether a verdict has to say whose it is. */
  several: boolean;
  /** The loads that have begun while the show plays. */
  readonly loads: Set<string>;
}

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type Lines = readonly string[];
type Tellers = {
  readonly [Type in RunEvent['type']]?: (event: Of<Type>, telling: Telling, summary: () => Summary) => Lines;
};

/** The lines that an event adds to the console. */
export function tell(event: RunEvent, telling: Telling, summary: () => Summary): Lines {
  const tellers = telling.quiet ? quietTellers : allTellers;
  const teller = tellers[event.type] as
    ((event: RunEvent, telling: Telling, summary: () => Summary) => Lines) | undefined;
  if (event.type === 'run-started') {
    telling.acts = event.acts;
    telling.several = event.backends.length > 1;
  }
  if (event.type === 'act-started') {
    if (telling.startedAt === 0) telling.startedAt = event.at;
    telling.act = event.act;
  }
  return teller?.(event, telling, summary) ?? [];
}

const quietTellers: Tellers = {
  expectation: (event, telling) =>
    verdictLines(event, telling.words.expectation(event.text), event.timeToVisibleMs, telling),
  recovery: (event, telling) =>
    verdictLines(event, telling.words.recovery(telling.words.expectation(event.text)), event.healedMs, telling),
  trouble: ({ at, message, hint }, telling) => [
    timed(at, telling.paint.yellow(telling.words.trouble(message)), telling),
    ...(hint === undefined ? [] : indented(hint, telling)),
  ],
  crash: ({ at, crash }, telling) => [
    timed(at, telling.paint.yellow(telling.words.crashed(crash.process, crash.exit)), telling),
    ...crash.logTail.map((line) => `${indent}${line}`),
  ],
  holding: ({ at }, telling, summary) => ['', table(telling, summary()), '', timed(at, telling.words.holding, telling)],
  'run-ended': (event, telling, summary) => ending(event, telling, summary()),
};

const allTellers: Tellers = {
  ...quietTellers,
  'run-started': ({ title, show, runtime, engine, backends }, { words, language, paint }) => [
    `${paint.bold(title[language])} (${show})`,
    words.setting(runtime, engine, backends.map(({ name, version }) => `${name} ${version}`).join(', ')),
  ],
  progress: ({ line }, { paint, words }) => [paint.dim(`  ${words.progress(line)}`)],
  'shop-ready': ({ afterMs, url }, { words }) => [words.ready(duration(afterMs), url)],
  'act-started': actHeader,
  cue: ({ parts }, telling) => (parts.length > 0 ? [...parts.flatMap((part) => partLines(part, telling)), ''] : []),
  'fault-injected': ({ at, fault, on }, telling) => [timed(at, telling.words.injected(`${fault} (${on})`), telling)],
  'fault-proof': ({ at, proven, evidence }, telling) => {
    const { words, paint } = telling;
    return [timed(at, proven ? words.proven(evidence) : paint.red(words.unproven(evidence)), telling)];
  },
  'fault-undone': ({ at, fault, on, verified, evidence }, telling) => {
    const { words, paint } = telling;
    const used = `${fault} (${on})`;
    return [timed(at, verified ? words.undone(used) : paint.red(words.notUndone(used, evidence)), telling)];
  },
  'load-started': ({ at, profile, rate }, telling) => {
    if (telling.startedAt === 0) return [];
    telling.loads.add(profile);
    return [timed(at, telling.words.loadStarted(profile, Number(rate.toFixed(2))), telling)];
  },
  'load-ended': ({ at, profile, error }, telling) => {
    const { words, paint, loads } = telling;
    if (error !== undefined) return [timed(at, paint.yellow(words.loadEnded(error)), telling)];
    return profile !== undefined && loads.delete(profile) ? [timed(at, words.loadStopped(profile), telling)] : [];
  },
};

const indent = ' '.repeat(9);

/** A line with its time on the show's clock; before the first act there is none. */
function timed(at: number, text: string, { startedAt, paint }: Telling): string {
  return `${paint.dim((startedAt === 0 ? '' : clockTime(at - startedAt)).padStart(6))}  ${text}`;
}

function indented(text: string, { width }: Telling): Lines {
  return wrap(text, width - indent.length).map((line) => `${indent}${line}`);
}

function actHeader({ act }: Of<'act-started'>, { acts, language, paint, talkWidth }: Telling): Lines {
  const index = acts.findIndex((planned) => planned.act === act);
  const planned = acts[index];
  const length = planned ? ` · ${clockTime(planned.forMs + planned.healMs)}` : '';
  const title = `${index + 1}/${acts.length} ${planned?.title[language] ?? act}`;
  return ['', paint.dim('─'.repeat(talkWidth)), `${paint.bold(title)} (${act})${length}`, ''];
}

function partLines(part: SpokenPart, telling: Telling): Lines {
  const { words, paint, talkWidth } = telling;
  if (part.kind === 'say') return wrap(part.text, talkWidth - 4).map((line) => paint.cyan(`  ${line}`));
  if (part.kind === 'servers') return [`  ${words.servers(part.up, part.expected, part.cpuPercent, part.memoryMb)}`];
  const endpoint = `${part.service} ${part.route}`;
  if (part.kind === 'tendency') return tendencyLines(part, endpoint, telling);
  if (!part.trace) return [paint.dim(`  ${words.noTrace(endpoint)}`)];
  const tree = waterfall(part.trace, talkWidth - 4, { error: paint.red, dim: paint.dim });
  const link = part.link === undefined ? [] : [part.link];
  return [words.trace(endpoint, part.trace.traceId), ...tree, ...link].map((line) => `  ${line}`);
}

function tendencyLines(
  { top }: Extract<SpokenPart, { kind: 'tendency' }>,
  endpoint: string,
  { words, paint }: Telling,
): Lines {
  if (top.length === 0) return [paint.dim(`  ${words.noTendency(endpoint)}`)];
  const rows = top.map(({ attribute, value, badShare, goodShare }) =>
    words.share(`${attribute} ${value}`, percent(badShare), percent(goodShare)),
  );
  return [`  ${words.tendency(endpoint)}`, ...rows.map((row) => `    ${row}`)];
}

function verdictLines(
  { at, act, backend, verdict, reason }: Of<'expectation'> | Of<'recovery'>,
  text: string,
  afterMs: number | null,
  telling: Telling,
): Lines {
  const { words, quiet, several } = telling;
  const by = several ? ` [${backend}]` : '';
  const after = afterMs === null ? '' : ` (${duration(afterMs)})`;
  const of = quiet || act !== telling.act ? `${act}: ` : '';
  const line = timed(at, `${marked(verdict, words.verdict[verdict], telling)}  ${of}${text}${by}${after}`, telling);
  return verdict === 'met' ? [line] : [line, ...indented(reason, telling)];
}

function marked(verdict: Verdict, text: string, { paint }: Telling): string {
  if (verdict === 'met') return paint.green(`✔ ${text}`);
  return verdict === 'not-met' ? paint.red(`✘ ${text}`) : paint.yellow(`? ${text}`);
}

function ending({ outcome }: Of<'run-ended'>, telling: Telling, summary: Summary): Lines {
  const { words, paint, runDir } = telling;
  const all = summary.acts.flatMap(({ expectations, recovery }) =>
    [...expectations, ...recovery].map(({ verdict }) => verdict),
  );
  const met = all.filter((verdict) => verdict === 'met').length;
  const color = outcome === 'passed' ? paint.green : outcome === 'failed' ? paint.red : paint.yellow;
  return [
    '',
    ...(all.length > 0 ? [table(telling, summary), ''] : []),
    [color(words.outcome[outcome]), words.total(met, all.length), ...figures(summary, words)].join(' · '),
    ...(summary.loads ?? []).map((load) => `  ${load.profile}: ${loadFigures(load, words)}`),
    ...memory(summary, telling),
    ...(summary.leftovers.length > 0 ? [paint.red(words.leftovers(summary.leftovers.join(', ')))] : []),
    words.files(runDir),
  ];
}

function table(telling: Telling, summary: Summary): string {
  const { words, width } = telling;
  const draw = summary.run.backends.length > 1 ? sideBySide : verdictTable;
  return draw(summary, { words, width, mark: (verdict, text) => marked(verdict, text, telling) });
}

/** The peak of the run, and of each of its processes, largest first: they need not come at the same time. */
function memory({ footprint }: Summary, { words, width }: Telling): Lines {
  if (footprint.processes.length === 0) return [];
  const largest = footprint.processes.toSorted((a, b) => b.peakPssMb - a.peakPssMb);
  const each = largest.map(({ name, peakPssMb }) => `${name} ${Math.round(peakPssMb)}`).join(', ');
  return wrap(words.memory(Math.round(footprint.peakPssMb), each), width);
}

function figures({ readyMs, load }: Summary, words: Words): Lines {
  return [...(readyMs === null ? [] : [words.readyIn(duration(readyMs))]), ...(load ? [loadFigures(load, words)] : [])];
}

function loadFigures({ requests, failed, dropped, p95Ms }: LoadFigures, words: Words): string {
  return words.load(requests, failed, dropped, duration(p95Ms));
}
