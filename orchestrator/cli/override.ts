import { ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import type { Act, Advance, LoadSpec, Show } from '../show/show.ts';
import { parseRate, ratePattern } from '../show/units.ts';
import type { PlayOptions } from './options.ts';

/** The show with what the command line says instead. `advance` replaces what the show says of every act. */
export function override(host: Host, show: Show, options: PlayOptions, advance?: Advance): Show {
  const { backend, rate } = options;
  return {
    ...show,
    ...(backend && { backends: backend }),
    load: rate === undefined ? show.load : atRate(show.load, rateOf(rate)),
    acts: advance ? show.acts.map((act) => ({ ...act, advance })) : withPresenter(host, show.acts),
  };
}

/** The first load at that rate; the others grow or shrink as it does, so that a show keeps its proportions. */
function atRate(loads: readonly LoadSpec[], rate: number): readonly LoadSpec[] {
  const factor = rate / (loads[0]?.rate ?? rate);
  return loads.map((load, index) => ({ ...load, rate: index === 0 ? rate : load.rate * factor }));
}

/** Without a terminal nobody can say when an act is over: it takes the time that the show gives it. */
function withPresenter(host: Host, acts: readonly Act[]): readonly Act[] {
  if (host.interactive || acts.every(({ advance }) => advance !== 'cue')) return acts;
  host.stderr.write('showrunner: nobody can press Enter here: acts that wait for the presenter advance by the clock\n');
  return acts.map((act) => (act.advance === 'cue' ? { ...act, advance: 'clock' } : act));
}

function rateOf(text: string): number {
  if (ratePattern.test(text) && parseRate(text) > 0) return parseRate(text);
  throw new ShowrunnerError('invalid-rate', `--rate ${text} is not a rate`, {
    hint: 'write visits per second or minute: 20/s, 90/min',
    exitCode: exitCodes.usage,
  });
}
