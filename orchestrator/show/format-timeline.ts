import { type Catalogue, lookUp } from './catalogue.ts';
import type { Injection, Language, LoadSpec, Show } from './show.ts';
import { type Step, type Timeline, type TimelineAct, timelineOf } from './timeline.ts';
import { formatDuration } from './units.ts';

/** The resolved timeline as text for a person, one line a step, times from the show's start: what `validate` prints. */
export function formatTimeline(show: Show, kinds: Catalogue['kinds'], language: Language = 'en'): string {
  const timeline = timelineOf(show);
  const rows = timeline.acts.flatMap((act) => [
    actRow(act, language),
    ...loadRows(act, show.load),
    ...act.steps.map((step) => stepRow(act, step, kinds)),
  ]);
  return [heading(show, timeline, language), '', ...align(rows), ''].join('\n');
}

type Row = readonly [time: string, what: string, detail: string];

function heading(show: Show, { totalMs }: Timeline, language: Language): string {
  const loads = show.load.filter(({ from }) => from === undefined).map(describeLoad);
  const parts = [formatDuration(totalMs), ...loads, `asks ${show.backends.join(', ')}`];
  return `${show.title[language]} (${show.name}): ${parts.join(', ')}`;
}

function describeLoad({ profile, rate, durationMs }: LoadSpec): string {
  const length = durationMs === undefined ? '' : ` for ${formatDuration(durationMs)}`;
  return `${profile} at ${Number(rate.toFixed(2))}/s${length}`;
}

/** The loads that stop and begin with an act. */
function loadRows({ act, startMs }: TimelineAct, loads: readonly LoadSpec[]): readonly Row[] {
  const stopped = loads.filter(({ until }) => until === act.name);
  const begun = loads.filter(({ from }) => from === act.name);
  return [
    ...stopped.map((load): Row => [clock(startMs), '  load stops', load.profile]),
    ...begun.map((load): Row => [clock(startMs), '  load', describeLoad(load)]),
  ];
}

function actRow({ act, startMs, playMs, healMs }: TimelineAct, language: Language): Row {
  const heals = healMs > 0 ? ` + heals within ${formatDuration(healMs)}` : '';
  const title = act.title[language] === act.name ? '' : `, “${act.title[language]}”`;
  return [clock(startMs), `act ${act.name}`, `${formatDuration(playMs)}${heals}, advances by ${act.advance}${title}`];
}

function stepRow({ startMs }: TimelineAct, step: Step, kinds: Catalogue['kinds']): Row {
  const time = clock(startMs + step.atMs);
  if (step.kind === 'inject') return [time, '  inject', describe(step.injection)];
  if (step.kind === 'undo') return [time, '  undo', step.injection.fault];
  if (step.kind === 'cue') return [step.exact ? time : `≥ ${time}`, '  cue', step.cue.name];
  if (step.kind === 'healed') return [`≤ ${time}`, '  healed', ''];
  const { kind, params } = step.expectation;
  return [`≤ ${time}`, '  expect', lookUp(kinds, kind)?.text(params) ?? kind];
}

function describe({ fault, on, intensity }: Injection): string {
  const share = intensity === 1 ? '' : `, ${Number((intensity * 100).toFixed(2))}% of requests`;
  return `${fault} on ${on}${share}`;
}

/** `1:05.0`, so that equal times look equal. */
function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${Math.floor(tenths / 600)}:${seconds}`;
}

function align(rows: readonly Row[]): readonly string[] {
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [times, names] = [width(0), width(1)];
  return rows.map(([time, what, detail]) => `${time.padStart(times)}  ${what.padEnd(names)}  ${detail}`.trimEnd());
}
