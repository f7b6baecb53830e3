import { expect, test } from 'vitest';
import { jsonLog, k6Log } from '../../../../orchestrator/load/embedded/engine-log.ts';

test('to a pipe the console is written as k6 writes it', () => {
  const lines: string[] = [];
  const log = k6Log((line) => lines.push(line), false);
  log('info', 'plain', { source: 'console' });
  log('warn', 'two words\n"quoted"', { scenario: 'a', executor: 'constant-vus' });
  log('debug', 'hidden');
  expect(lines.map((line) => line.replace(/^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" /, ''))).toEqual([
    'level=info msg=plain source=console\n',
    'level=warning msg="two words\\n\\"quoted\\"" executor=constant-vus scenario=a\n',
  ]);
});

test('to a terminal it is coloured, with the seconds since the start', () => {
  const lines: string[] = [];
  k6Log((line) => lines.push(line), true)('error', 'gone', { source: 'console' });
  expect(lines).toEqual([`\u001b[31mERRO\u001b[0m[0000] ${'gone'.padEnd(44)} \u001b[31msource\u001b[0m=console\n`]);
});

test('to a file errors that come again are written once', () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  log('error', 'down');
  log('info', 'hello');
  log('error', 'down');
  log('info', 'hello');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['down', 'hello', 'hello']);
});

test('to a file a hundred different errors of the script are written, then that more are not, and the engine still has its say', () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push((JSON.parse(line) as { msg: string }).msg));
  for (let order = 0; order < 150; order += 1) log('error', `no order ${order}`, { source: 'stacktrace' });
  log('error', 'thresholds have been crossed');
  expect(lines).toHaveLength(102);
  expect(lines.slice(99)).toEqual([
    'no order 99',
    'more than 100 different lines of stacktrace: further ones are not logged',
    'thresholds have been crossed',
  ]);
});
