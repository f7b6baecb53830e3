import { checkOfEngine, ok, problem } from './check.ts';
import { setClock } from './clock.ts';

/** More than that, and the spans of the shop lie before or after the load that caused them. */
const toleranceMs = 1_000;

/** Whether the engine's clock is ours. */
export const engineClockCheck = () =>
  checkOfEngine(async ({ docker }, context) => {
    const asked = context.clock.now();
    const { SystemTime } = (await docker.info()) as { SystemTime: string };
    const answered = context.clock.now();
    const theirs = Date.parse(SystemTime);
    if (Number.isNaN(theirs)) return { level: 'not looked at', found: `the engine's time is no time: ${SystemTime}` };
    // It was read somewhere between the question and the answer.
    const behind = Math.max(0, asked - theirs);
    const ahead = Math.max(0, theirs - answered);
    if (behind + ahead <= toleranceMs) return ok('the same as on this machine');
    const found = `${seconds(behind + ahead)} s ${behind > 0 ? 'behind' : 'ahead of'} this machine's`;
    return problem(found, `on both machines: \`${setClock}\``);
  });

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
