import { expect, test } from 'vitest';
import {
  bool,
  duration,
  stringMap,
  time,
  traceIdOf,
  wholeNumber,
} from '../../../../orchestrator/backends/embedded/serve/jaeger-values.ts';

test.each([
  ['0', 0n],
  ['-0', 0n],
  ['100ms', 100_000_000n],
  ['1.5ms', 1_500_000n],
  ['.5s', 500_000_000n],
  ['1.s', 1_000_000_000n],
  ['1h2m3s', 3_723_000_000_000n],
  ['7us', 7000n],
  ['7µs', 7000n],
  ['7μs', 7000n],
  ['+9ns', 9n],
  ['-2m', -120_000_000_000n],
])('the duration %s', (text, nanos) => {
  expect(duration(text)).toBe(nanos);
});

test.each([
  ['', 'time: invalid duration ""'],
  ['ms', 'time: invalid duration "ms"'],
  ['.s', 'time: invalid duration ".s"'],
  ['5', 'time: missing unit in duration "5"'],
  ['1h5', 'time: missing unit in duration "1h5"'],
  ['5d', 'time: unknown unit "d" in duration "5d"'],
  ['9999999h', 'time: invalid duration "9999999h"'],
])('no duration: %s', (text, says) => {
  expect(() => duration(text)).toThrow(says);
});

test.each([
  ['1970-01-01T00:00:00Z', 0n],
  ['2026-01-05T09:00:00.123456789Z', 1_767_603_600_123_456_789n],
  ['2026-01-05T18:00:00.5+09:00', 1_767_603_600_500_000_000n],
  ['2026-01-05T09:00:00.1234567891Z', 1_767_603_600_123_456_789n],
])('the time %s', (text, nanos) => {
  expect(time(text)).toBe(nanos);
});

test.each(['', 'now', '2026-01-05', '2026-01-05 09:00:00Z', '2026-01-05T09:00:00', '2026-13-05T09:00:00Z'])(
  'no time: %s',
  (text) => {
    expect(() => time(text)).toThrow(`parsing time "${text}" as "2006-01-02T15:04:05.999999999Z07:00"`);
  },
);

test('whole numbers of 64 bits, and nothing else', () => {
  expect(wholeNumber('9223372036854775807')).toBe(2n ** 63n - 1n);
  expect(wholeNumber('-12')).toBe(-12n);
  expect(() => wholeNumber('9223372036854775808')).toThrow(
    'strconv.ParseInt: parsing "9223372036854775808": value out of range',
  );
  for (const text of ['', '1.5', '1e3', '0x1', ' 1']) {
    expect(() => wholeNumber(text, 'Atoi')).toThrow(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
});

test('truth values are those of Go', () => {
  expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map(bool)).not.toContain(false);
  expect(['0', 'f', 'F', 'FALSE', 'false', 'False'].map(bool)).not.toContain(true);
  for (const text of ['', 'yes', 'tRUE']) expect(() => bool(text)).toThrow('invalid syntax');
});

test('a trace id is up to 32 hexadecimal digits', () => {
  expect(traceIdOf('FF')).toBe('000000000000000000000000000000ff');
  for (const text of ['', 'g', '-1']) expect(() => traceIdOf(text)).toThrow('strconv.ParseUint');
  expect(() => traceIdOf('1'.repeat(33))).toThrow('TraceID cannot be longer than 32 hex characters');
});

test('attributes are an object of strings', () => {
  expect(stringMap('{"a":"b"}')).toEqual({ a: 'b' });
  for (const text of ['[]', 'null', '"a"', '{"a":null}', '{"a":1}', '{', '']) expect(() => stringMap(text)).toThrow();
});
