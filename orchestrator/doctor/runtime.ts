import { type ChosenRuntime, chooseRuntime } from '../runtime/choose.ts';
import { type Check, ok, warning } from './check.ts';

/** Where the shop would run, and why. */
export const runtimeCheck = (choose: (name: string) => Promise<ChosenRuntime> = chooseRuntime): Check => ({
  async look({ runtime: asked }) {
    const { runtime, why } = await choose(asked);
    if (asked !== 'auto') return ok(`${runtime.name}, as asked for`);
    const found = `auto takes ${(why ?? runtime.name).replace(/^runtime /, '')}`;
    if (runtime.name === 'containers') return ok(found);
    return warning(found, '`showrunner doctor --runtime containers` says what they need');
  },
});
