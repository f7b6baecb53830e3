// The folders hold what k6 2.2.0 printed and wrote for three scripts, and the numbers of the same runs.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { TestResult } from '../../../../orchestrator/load/result.ts';
import { summaryExport } from '../../../../orchestrator/load/summary/export.ts';
import { handleSummaryData, saveOutputs, summaryOutputs } from '../../../../orchestrator/load/summary/index.ts';
import { packReturned } from '../../../../orchestrator/load/summary/returned.ts';
import { endOfTestText } from '../../../../orchestrator/load/summary/text.ts';

const file = (run: string, name: string): string => readFileSync(join(import.meta.dirname, run, name), 'utf8');
const resultOf = (run: string): TestResult => JSON.parse(file(run, 'result.json')) as TestResult;
const plain = { colors: false, now: new Date(0) };

const outputsOf = (returned: unknown, wishes: object = {}) =>
  summaryOutputs(resultOf('units'), { ...plain, handled: packReturned(returned), ...wishes });

describe.each(['everything', 'units', 'setup-throws'])('the run "%s" of k6', (run) => {
  test('has the same text', () => {
    expect(endOfTestText(resultOf(run), plain)).toBe(file(run, 'summary.txt'));
  });

  test('has the same text under its colours', () => {
    const text = endOfTestText(resultOf(run), { colors: true });
    expect(text).not.toBe(file(run, 'summary.txt'));
    expect(stripVTControlCharacters(text)).toBe(file(run, 'summary.txt'));
  });

  test('has the same --summary-export', () => {
    expect(JSON.parse(summaryExport(resultOf(run).end))).toEqual(JSON.parse(file(run, 'export.json')));
  });

  test('has a machine-readable summary of the same shape', () => {
    const wishes = { ...plain, machineReadable: '/m.json', now: new Date('2026-01-02T03:04:05.678Z') };
    const own = String(summaryOutputs(resultOf(run), wishes).outputs['/m.json']);
    expect(handleSummaryData(resultOf(run), wishes)).toEqual(JSON.parse(own));
    expect(shapeOf(own)).toEqual(shapeOf(file(run, 'machine-readable.json')));
    expect(own).toContain('"generated_at": "2026-01-02T03:04:05.678Z"');
  });
});

describe('handleSummary', () => {
  test('gets the end of the test, as it is', () => {
    expect(handleSummaryData(resultOf('units'), plain)).toEqual(resultOf('units').end);
  });

  test('writes what it returns, texts and bytes', () => {
    const { outputs, error } = outputsOf({
      stdout: 'out',
      stderr: 'err',
      'a.bin': new Uint8Array([0, 255, 7]),
      'b.bin': new Uint8Array([65, 200]).buffer,
    });
    expect(error).toBeUndefined();
    expect(outputs).toEqual({
      stdout: 'out',
      stderr: 'err',
      'a.bin': Buffer.from([0, 255, 7]),
      'b.bin': Buffer.from([65, 200]),
    });
  });

  test.each([undefined, null, 0, '', false])('returns %j for the standard text', (nothing) => {
    expect(outputsOf(nothing).outputs).toEqual({ stdout: file('units', 'summary.txt') });
  });

  test('that threw, or that no script has, leaves the standard text', () => {
    expect(summaryOutputs(resultOf('units'), plain).outputs).toEqual({ stdout: file('units', 'summary.txt') });
  });

  test.each([['abc'], [5], [['a']], [() => 1], [new Uint8Array(1)]])('may not return %j', (wrong) => {
    expect(outputsOf(wrong, { summaryExport: '/x.json' })).toEqual({
      outputs: {},
      error: 'handleSummary() should return a map with string keys',
    });
  });

  test.each([
    [5, 'number'],
    [true, 'boolean'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ a: 1 }, 'Object'],
    [[1], 'Array'],
    [new Date(0), 'Date'],
    [new Uint16Array(1), 'Uint16Array'],
  ])('may not return the value %j, and nothing is written then', (value, type) => {
    expect(outputsOf({ stdout: 'x', 'a.txt': value })).toEqual({
      outputs: {},
      error: `error handling summary object a.txt: invalid type ${type}, it needs to be a string or ArrayBuffer`,
    });
  });

  test('does not stand in the way of the files that the user asked for', () => {
    const { outputs } = outputsOf({ stdout: 'x' }, { summaryExport: '/e.json', machineReadable: '/m.json' });
    expect(Object.keys(outputs)).toEqual(['stdout', '/e.json', '/m.json']);
  });
});

test('every output that can be written is written, and the others are named', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'summary-'));
  const printed: (string | Uint8Array)[] = [];
  const outputs = { stdout: 'out', 'none/a.txt': 'a', 'b.txt': 'b', [join(cwd, 'c.txt')]: Buffer.from([67]) };
  const problems = saveOutputs({ outputs }, { cwd, stdout: (text) => printed.push(text), stderr: () => undefined });
  expect(printed).toEqual(['out']);
  expect(readFileSync(join(cwd, 'b.txt'), 'utf8')).toBe('b');
  expect(readFileSync(join(cwd, 'c.txt'), 'utf8')).toBe('C');
  expect(problems).toEqual([expect.stringMatching(/^could not write 'none\/a\.txt': ENOENT/)]);
});

/** Of a machine-readable summary: what it is made of, without what each run has of its own. */
function shapeOf(text: string): unknown {
  const summary = JSON.parse(text) as { results: { metrics: { name: string }[] } };
  summary.results.metrics.sort((a, b) => a.name.localeCompare(b.name));
  return JSON.parse(
    JSON.stringify(summary, (key, value: unknown) => {
      if (typeof value === 'number') return 'number';
      return ['k6_version', 'generated_at'].includes(key) ? 'text' : value;
    }),
  );
}
