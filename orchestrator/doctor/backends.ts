import { ShowrunnerError } from '../errors.ts';
import { type Check, type Finding, ok, problem } from './check.ts';
import { told } from './told.ts';

/** A backend that showrunner.yaml or the environment describes. */
export interface DescribedBackend {
  readonly name: string;
  /** Its version; undefined where it has nothing that could be called. Rejects with a ShowrunnerError where it does not answer. */
  version(): Promise<string | undefined>;
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
          (error: unknown) => ({ name, found: undefined, error }),
        ),
      ),
    );
    const silent = answers.filter(({ error }) => error !== undefined);
    if (silent.length === 0) return heard(answers);
    const remedies = silent.map(({ error }) => (error instanceof ShowrunnerError ? error.hint : undefined) ?? '');
    return problem(
      silent.map(({ error }) => told(error)).join('; '),
      [...new Set(remedies.filter(Boolean)), 'then run `showrunner backends`'].join('; '),
    );
  },
});

/** Never `ok` for what was not reached. */
function heard(answers: readonly { readonly name: string; readonly found: string | undefined }[]): Finding {
  const versions = answers.flatMap(({ name, found }) => (found === undefined ? [] : [`${name} ${found}`]));
  const others = answers.filter(({ found }) => found === undefined).map(({ name }) => name);
  const notCalled = others.length > 0 ? [`not called: ${others.join(', ')}`] : [];
  const found = [...(versions.length > 0 ? [versions.join(', ')] : []), ...notCalled].join('; ');
  return versions.length > 0 ? ok(found) : { level: 'not looked at', found };
}
