import { expect, test } from 'vitest';
import { SampleReader } from '../../../../orchestrator/load/k6/samples.ts';

const header = 'metric_name,timestamp,metric_value,check,group,scenario,url,extra_tags,metadata\n';

/** What is read of a text that comes in pieces of a size. */
function read(text: string, size = text.length) {
  const samples: { metric: string; at: number; value: number; check: string; group: string }[] = [];
  const reader = new SampleReader(['http_reqs', 'checks'], ({ metric, at, value, tag }) =>
    samples.push({ metric, at, value, check: tag('check'), group: tag('group') }),
  );
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) reader.push(bytes.subarray(from, from + size));
  return { samples, reader };
}

const text = `${header}http_reqs,1795736345081,1.000000,,::setup,,"http://127.0.0.1/?a=1,2",,
http_req_blocked,1795736345081,0.250000,,,main,http://127.0.0.1/,,
checks,1795736345090,0.000000,"is ""ok"", 日本
on two lines",,main,,,
checks,1795736345091,1.000000,plain,::a,main,,,
`;

test('only the wanted metrics are read, with tags that may have commas, quotes and line feeds in them', () => {
  expect(read(text).samples).toEqual([
    { metric: 'http_reqs', at: 1795736345081, value: 1, check: '', group: '::setup' },
    { metric: 'checks', at: 1795736345090, value: 0, check: 'is "ok", 日本\non two lines', group: '' },
    { metric: 'checks', at: 1795736345091, value: 1, check: 'plain', group: '::a' },
  ]);
});

test.each([1, 2, 3, 7, 64, 100])('pieces of %i bytes make no difference', (size) => {
  expect(read(text, size).samples).toEqual(read(text).samples);
});

test('a line without its end waits', () => {
  const { samples, reader } = read(`${header}http_reqs,1,1.000000,,,,,,`);
  expect(samples).toEqual([]);
  reader.push(Buffer.from('\n'));
  expect(samples).toHaveLength(1);
});

test('a tag that the script has switched off is empty', () => {
  const { samples } = read('metric_name,timestamp,metric_value,extra_tags,metadata\nchecks,1,1.000000,,\n');
  expect(samples).toEqual([{ metric: 'checks', at: 1, value: 1, check: '', group: '' }]);
});
