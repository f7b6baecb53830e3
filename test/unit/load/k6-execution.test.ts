// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const head = `import exec from 'k6/execution';`;

test('the call, the scenario and the test tell of themselves', async () => {
  const state = {
    currentTestRunDuration: 1.5,
    iterationsCompleted: 4,
    iterationsInterrupted: 0,
    vusActive: 2,
    vusInitialized: 5,
  };
  const { logs } = await playGuest(
    tellingScript(head, [
      'JSON.stringify(exec.scenario)',
      'JSON.stringify(exec.instance)',
      'JSON.stringify(exec.vu)',
      'JSON.stringify(exec.test.options)',
      'Object.isFrozen(exec.test.options.tags)',
      'Object.keys(exec).join()',
    ]),
    {
      options: { tags: { of: 'test' }, systemTags: ['scenario', 'group'] },
      operations: { 'test.state': () => state, 'test.progress': (name: string) => (name === 'main' ? 0.25 : 0) },
    },
  );
  const tags = { of: 'test', scenario: 'main', group: '' };
  expect(logs.slice(0, 4).map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      name: 'main',
      executor: 'constant-vus',
      startTime: 1_700_000_000_000,
      progress: 0.25,
      iterationInInstance: 10,
      iterationInTest: 10,
    },
    state,
    {
      idInInstance: 3,
      idInTest: 7,
      iterationInInstance: 0,
      iterationInScenario: 0,
      tags,
      metrics: { tags, metadata: {} },
    },
    { tags: { of: 'test' }, systemTags: ['scenario', 'group'] },
  ]);
  expect(logs.slice(4)).toEqual(['true', 'instance,scenario,test,vu']);
});

test('tags of the virtual user are on its samples, in the report, and stay for the next iteration', async () => {
  const { reports, logs } = await playGuest(
    `import exec from 'k6/execution'; import { check } from 'k6';
    export default function () {
      console.log(exec.vu.tags.kept, 'kept' in exec.vu.tags);
      exec.vu.tags.kept = 1.5; exec.vu.tags['gone'] = true; exec.vu.metrics.tags.more = 'm';
      delete exec.vu.tags.gone;
      check(1, { ok: true });
    }`,
    { iterations: 2 },
  );
  expect(logs).toEqual(['undefined false', '1.5 true']);
  const tags = { group: '', kept: '1.5', more: 'm' };
  expect(reports[0]?.samples[0]?.tags).toEqual({ ...tags, check: 'ok' });
  expect(reports[1]?.tags).toEqual(tags);
});

test('a tag that is no text, number or boolean is refused', async () => {
  const { logs } = await playGuest(
    tellingScript(head, ['(exec.vu.tags.a = {})', '(exec.vu.metrics.metadata.a = null)', '(exec.vu.tags = { q: 1 })']),
  );
  expect(logs).toEqual([
    "TypeError: invalid value for metric tag 'a': only String, Boolean and Number types are accepted as a metric tag values",
    "TypeError: invalid value for metric metadata 'a': only String, Boolean and Number types are accepted as a metric metadata value",
    '{ q: 1 }',
  ]);
});

test('while the script is loaded there is nothing to tell', async () => {
  const { logs } = await playGuest(
    `${head} import { vu } from 'k6/execution';
    const tell = (f) => { try { f(); } catch (e) { console.log(e.message); } };
    tell(() => exec.vu); tell(() => exec.instance); tell(() => exec.scenario); tell(() => exec.test.options); tell(() => exec.test.fail('x'));
    tell(() => vu.idInTest);
    export default function () {}`,
    { users: 1 },
  );
  expect(logs).toEqual([
    'getting VU information in the init context is not supported',
    'getting instance information in the init context is not supported',
    'getting scenario information outside of the VU context is not supported',
    'getting test options in the init context is not supported',
    'execution.test.fail() called outside of VU context',
    'getting VU information in the init context is not supported',
  ]);
});

test('abort and fail hand the engine their whole message', async () => {
  const told: string[] = [];
  const tell = (message: string): void => {
    told.push(message);
  };
  await playGuest(
    tellingScript(head, [
      `exec.test.fail('bad')`,
      'exec.test.fail()',
      `exec.test.abort('enough')`,
      'exec.test.abort()',
    ]),
    { operations: { 'test.abort': tell, 'test.fail': tell } },
  );
  expect(told).toEqual(['test marked as failed: bad', 'test marked as failed', 'test aborted: enough', 'test aborted']);
});
