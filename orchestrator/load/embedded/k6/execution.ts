// Module `k6/execution`: https://grafana.com/docs/k6/latest/javascript-api/k6-execution/
import { asText } from './as-text.ts';
import { callHost, current } from './bridge.ts';
import { GoError } from './go-error.ts';
import { metadata, tags as tagsOfVu } from './vu-tags.ts';

type Getters = Readonly<Record<string, () => unknown>>;
type Info = Readonly<Record<string, unknown>>;

/** An object of read-only members, each asked for when it is read; `guard` throws where it may not be read now. */
function live(getters: Getters, guard: () => void = () => undefined): Info {
  const object = {};
  for (const [name, read] of Object.entries(getters)) {
    const get = (): unknown => {
      guard();
      return read();
    };
    Object.defineProperty(object, name, { get, enumerable: true, configurable: true });
  }
  return object;
}

const inScenario = (): void => {
  if (!current.scenario) throw new GoError(outsideVu);
};
const inVu = (): void => {
  if (current.exec === '') throw new GoError('getting VU information in the init context is not supported');
};
/** `setup` and `teardown` run while the test does, `handleSummary` after it. */
const inTest = (): void => {
  if (current.exec === '' || (current.exec === 'handleSummary' && !current.scenario))
    throw new GoError('getting instance information in the init context is not supported');
};
const outsideVu = 'getting scenario information outside of the VU context is not supported';

// The engine is one process, so an instance is the test.
export const scenario = live(
  {
    name: () => current.scenario?.name,
    executor: () => current.scenario?.executor,
    startTime: () => Math.trunc(current.scenario?.startTime ?? 0),
    progress: () => callHost('test.progress', current.scenario?.name),
    iterationInInstance: () => current.scenario?.iterationInTest,
    iterationInTest: () => current.scenario?.iterationInTest,
  },
  inScenario,
);

const stateOf = (member: string) => () => (callHost('test.state') as Info)[member];

export const instance = live(
  {
    currentTestRunDuration: stateOf('currentTestRunDuration'),
    iterationsCompleted: stateOf('iterationsCompleted'),
    iterationsInterrupted: stateOf('iterationsInterrupted'),
    vusActive: stateOf('vusActive'),
    vusInitialized: stateOf('vusInitialized'),
  },
  inTest,
);

export const vu = live(
  {
    idInInstance: () => current.vu.idInInstance,
    idInTest: () => current.vu.idInTest,
    iterationInInstance: () => (current.scenario ? current.iteration : 0),
    iterationInScenario: () => current.scenario?.iterationOfVu ?? 0,
    tags: () => tagsOfVu,
    metrics: () => metrics,
  },
  inVu,
);
// Another object put in its place is forgotten, as in k6.
Object.defineProperty(vu, 'tags', {
  set: () => {
    /* kept as it is */
  },
});

const metrics = live({ tags: () => tagsOfVu, metadata: () => metadata });

export const test = live({ abort: () => abort, fail: () => failTest, options: () => frozenOptions() });

const reasonOf = (reason: string, message: unknown): string =>
  message === undefined || message === null ? reason : `${reason}: ${asText(message)}`;

/** Ends the whole test, exit code 108. In the init context too. */
function abort(message?: unknown): void {
  callHost('test.abort', reasonOf('test aborted', message));
}

/** The test goes on, and ends with exit code 110. */
function failTest(message?: unknown): void {
  if (current.exec === '') throw new GoError('execution.test.fail() called outside of VU context');
  callHost('test.fail', reasonOf('test marked as failed', message));
}

let options: unknown;

function frozenOptions(): unknown {
  if (current.exec === '') throw new GoError('getting test options in the init context is not supported');
  options ??= frozen(callHost('test.options'));
  return options;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

const execution = live({
  instance: () => {
    inTest();
    return instance;
  },
  scenario: () => {
    if (current.exec === '') throw new GoError(outsideVu);
    return scenario;
  },
  test: () => test,
  vu: () => {
    inVu();
    return vu;
  },
});

/** What k6/execution exports: its members throw where k6 has nothing to tell, as in the init context. */
// oxlint-disable-next-line import/no-default-export -- k6's own module has one
export default execution;
