import pc from 'picocolors';
import type { RunEvent } from '../conductor/events.ts';
import { createLiveLine } from './live-line.ts';
import type { Report, ReportOptions } from './report.ts';
import { createScreen } from './screen.ts';
import { createSummary } from './summarise.ts';
import { type Telling, tell } from './telling.ts';
import { fit } from './text.ts';
import { words } from './words.ts';

/** What a table needs; squeezed into the 80 columns of a pipe it helps nobody. */
const pipeWidth = 120;
/** Lines longer than this are hard to read from while speaking. */
const talkWidth = 100;

/** Tells the run on the console, event by event, and ends with the table of verdicts. */
export function createConsole({ stdout, quiet, colors, language, runDir }: ReportOptions): Report {
  const screen = createScreen(stdout);
  const summary = createSummary();
  const liveLine = createLiveLine();
  const width = stdout.isTTY ? stdout.columns : pipeWidth;
  const paint = pc.createColors(colors);
  const fallback = language ?? 'en';
  const telling: Telling = {
    words: words[fallback],
    language: fallback,
    paint,
    width,
    talkWidth: Math.min(width, talkWidth),
    quiet,
    runDir,
    startedAt: 0,
    acts: [],
    several: false,
    loads: new Set(),
    act: undefined,
  };

  function tellNext(event: RunEvent): void {
    summary.add(event);
    if (event.type === 'run-started') {
      telling.language = language ?? event.language;
      telling.words = words[telling.language];
    }
    screen.print(tell(event, telling, () => summary.result()));
    if (quiet) return;
    liveLine.event(event);
    const live = liveLine.text(telling.words);
    if (live === undefined) screen.clear();
    else screen.live(paint.dim(fit(live, width - 1).trimEnd()));
  }

  return { event: tellNext, close: async () => screen.clear() };
}
