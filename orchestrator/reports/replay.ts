import type { RunEvent } from '../conductor/events.ts';
import type { Report } from './report.ts';

/** Gives a recorded run to a report, as fast as it takes it; the report comes out as it did in the run. */
export async function replay(events: Iterable<RunEvent>, report: Report): Promise<void> {
  for (const event of events) report.event(event);
  await report.close();
}
