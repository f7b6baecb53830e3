import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { problemLine } from '../../../../orchestrator/errors.ts';
import { errorsIn, refusalIn } from '../../../../orchestrator/load/k6/refusal.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6 refusal-'));
afterAll(() => rmSync(dir, { recursive: true }));
const script = join(dir, 'script.ts');
const url = `file://${dir.replaceAll(' ', '%20')}`;
writeFileSync(
  script,
  "import { x } from './nowhere.ts';\nexport const options = {\n  thresholds: { nosuch: ['p(95)<1'] },\n};\n",
);

function refusal(message: string, code = 107): string | undefined {
  const refused = refusalIn(['an earlier error', message], code, script);
  expect(refused?.k6Code ?? code).toBe(code);
  return refused?.problems.map((problem) => problemLine(problem)).join('\n');
}

test('a syntax error is at its line', () => {
  const message = `could not initialize 'script.ts': could not load JS test '${url}/script.ts': ${url}/script.ts: Line 2:11 Unexpected token ; (and 1 more errors)`;
  expect(refusal(message)).toBe(`${script}:2:11: Unexpected token ; (and 1 more errors)`);
});

test('an exception is at the first frame of the script, wherever k6 threw it', () => {
  const message = `GoError: no such file\n\tat go.k6.io/k6/v2/internal/js.(*Bundle).func3 (native)\n\tat f (${url}/lib/data.ts:3:25(17))\n\tat ${url}/script.ts:9:1(2)\n`;
  expect(refusal(message)).toBe(
    `${dir}/lib/data.ts:3:25: the script failed before its first iteration: GoError: no such file`,
  );
});

test('where k6 names no place, it is that of what k6 quotes', () => {
  const missing = `could not initialize 's': could not load JS test '${url}/script.ts': The moduleSpecifier "./nowhere.ts" couldn't be found on local disk. Make sure ${'that you have '.repeat(30)}`;
  expect(refusal(missing)).toBe(`${script}:1:20: The moduleSpecifier "./nowhere.ts" couldn't be found on local disk`);
  expect(refusal('invalid threshold defined on nosuch; reason: no metric name "nosuch" found', 104)).toBe(
    `${script}:3:17: invalid threshold defined on nosuch; reason: no metric name "nosuch" found`,
  );
});

test('what is not the script’s fault is no refusal', () => {
  expect(refusal('unknown flag: --nothing', 255)).toBeUndefined();
  expect(refusal('thresholds have been crossed', 99)).toBeUndefined();
});

test('errors are found in the log from where the load began', () => {
  const log = join(dir, 'load.log');
  const before = '{"level":"error","msg":"of yesterday"}\n';
  writeFileSync(
    log,
    `${before}{"level":"info","msg":"hello"}\n  █ TOTAL RESULTS\n{"level":"error","msg":"of today"}\n`,
  );
  expect(errorsIn(log, before.length)).toEqual(['of today']);
});
