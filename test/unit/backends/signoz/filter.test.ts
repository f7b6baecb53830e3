import { expect, test } from 'vitest';
import { quoted, sayable } from '../../../../orchestrator/backends/signoz/filter.ts';
import { parseFilter } from '../../../support/signoz-stand-in/filter.ts';

const hostile = [
  '',
  "x' OR '1'='1",
  String.raw`\' OR 1 = 1 OR a = \'`,
  '\\',
  String.raw`\\`,
  String.raw`a\'b\\'c`,
  '"double"',
  "'",
  "''",
  'line\nbreak\ttab',
  '%_',
  '日本語の値',
  '$variable',
  ') OR (a = b',
];

test('whatever a text has in it, it stays one value', () => {
  for (const text of hostile) {
    const filter = parseFilter(`a.b = ${quoted(text)} AND c EXISTS`);
    expect(filter).toMatchObject({
      is: 'and',
      of: [
        { key: 'a.b', operator: '=', value: text },
        { is: 'exists', key: 'c' },
      ],
    });
  }
});

test('so does any row of quotes and backslashes', () => {
  const signs = ['\\', "'", '"', 'n'];
  for (let n = 0; n < 4 ** 6; n += 1) {
    const text = Array.from({ length: 6 }, (_, at) => signs[Math.floor(n / 4 ** at) % 4]).join('');
    expect(parseFilter(`a = ${quoted(text)}`)).toMatchObject({ value: text });
  }
});

test('a name that the grammar cannot have is not written into it', () => {
  expect(['http.route', 'shop.customer.country', 'a-b:c_d'].filter((name) => !sayable(name))).toEqual([]);
  const never = ["x' OR '1'='1", 'a b', '', '1st', 'a..b', 'a.', 'or', 'NOT', 'a.exists', 'país', 'a[0]', 'a=b'];
  expect(never.filter(sayable)).toEqual([]);
});
