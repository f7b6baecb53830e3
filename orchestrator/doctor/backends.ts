import { messageOf, ShowrunnerError } from '../errors.ts';
import { type Check, ok, problem } from './check.ts';

/** A backend that showrunner.yaml or the environment describes. */
export interface DescribedBackend {
  readonly name: string;
  /** Its version; rejects with a ShowrunnerError where it does not answer. */
  version(): Promise<string>;
}

/** Whether the described backends answer, and know our keys. `showrunner backends` also sends something to each and looks for it. */
export const backendsCheck = (): Check => ({
  async look({ backends }) {
    const described = await backends();
    if (described.length === 0)
      return { level: 'not looked at', found: 'no backend is described; shows ask the embedded one' };
    const answers = await Promise.all(
      described.map(async ({ name, version }) =>
        version().then(
          (found) => ({ name, found, error: undefined }),
          (error: unknown) => ({ name, found: '', error }),
        ),
      ),
    );
    const silent = answers.filter(({ error }) => error !== undefined);
    if (silent.length === 0) return ok(answers.map(({ name, found }) => `${name} ${found}`).join(', '));
    const remedies = silent.map(({ error }) => (error instanceof ShowrunnerError ? error.hint : undefined) ?? '');
    return problem(
      silent.map(({ error }) => messageOf(error)).join('; '),
      [...new Set(remedies.filter(Boolean)), 'then run `showrunner backends`'].join('; '),
    );
  },
});
