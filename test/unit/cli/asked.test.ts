import { expect, test } from 'vitest';
import { checkConfigured } from '../../../orchestrator/cli/asked.ts';
import { readConfig } from '../../../orchestrator/config/read-config.ts';
import { ProblemsError, ShowrunnerError } from '../../../orchestrator/errors.ts';

async function refusalOf(name: string, env: Record<string, string> = {}): Promise<unknown> {
  const { backends } = await readConfig({ cwd: '/nowhere', env });
  const backend = backends[name];
  try {
    checkConfigured(backend ? [backend] : []);
    return undefined;
  } catch (error) {
    return error;
  }
}

test('what nobody has described is refused with an example that has no literal key', async () => {
  const refusal = await refusalOf('mackerel');
  expect(refusal).toBeInstanceOf(ShowrunnerError);
  expect((refusal as ShowrunnerError).hint).toContain('mackerel: { apiKey: { env: MACKEREL_API_KEY } }');
  expect((await refusalOf('otlp')) as ShowrunnerError).toMatchObject({ hint: expect.stringContaining('url: …') });
});

test('what is described, or needs no description, is not refused', async () => {
  expect(await refusalOf('embedded')).toBeUndefined();
  expect(await refusalOf('jaeger')).toBeUndefined();
  expect(await refusalOf('mackerel', { SHOWRUNNER_BACKEND_MACKEREL_API_KEY: 'abc' })).toBeUndefined();
});

test('a secret that is not found is refused when its backend is chosen, with its place', async () => {
  const { backends } = await readConfig({ cwd: '/nowhere', env: {} });
  const { embedded, mackerel } = backends;
  if (!embedded || !mackerel) throw new Error('there are such kinds');
  const problem = { message: 'the environment variable `KEY` is not set', at: { file: 'a.yaml', line: 3, col: 13 } };
  expect(() => checkConfigured([embedded])).not.toThrow();
  expect(() => checkConfigured([embedded, { ...mackerel, problems: [problem] }])).toThrow(ProblemsError);
});
