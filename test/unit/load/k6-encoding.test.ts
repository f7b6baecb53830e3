// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { encodingOperations } from '../../../orchestrator/load/embedded/host/encoding.ts';
import { fromBase64, goType, toBase64, utf8 } from '../../../orchestrator/load/embedded/k6/bytes.ts';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const bytes = [1, 2, 250, 255];

test.each([
  ['std', 'AQL6/w=='],
  ['rawstd', 'AQL6/w'],
  ['url', 'AQL6_w=='],
  ['rawurl', 'AQL6_w'],
  ['unheard of', 'AQL6/w=='],
])('bytes as %s are %s', (encoding, encoded) => {
  const input = { base64: Buffer.from(bytes).toString('base64') };
  expect(encodingOperations['encoding.encode']({ input, encoding })).toBe(encoded);
  const decoded = encodingOperations['encoding.decode']({ input: encoded, encoding, text: false });
  expect([...Buffer.from(decoded, 'base64')]).toEqual(bytes);
});

test.each([
  ['aGk=', 'rawstd', 3],
  ['aGk', 'std', 0],
  ['a G k=', 'std', 1],
  ['++//', 'url', 0],
  ['a', 'std', 0],
  ['aGk==', 'std', 4],
  ['=', 'std', 0],
  ['aGk=aGk=', 'std', 4],
])('%j is no %s base64', (input, encoding, at) => {
  const decode = () => encodingOperations['encoding.decode']({ input, encoding, text: true });
  expect(decode).toThrow(`illegal base64 data at input byte ${at}`);
});

test('texts, buffers and arrays of bytes are encoded, and nothing else', async () => {
  const { logs } = await playGuest(
    tellingScript(
      `import encoding, { b64encode, b64decode } from 'k6/encoding'; const u8 = new Uint8Array([${bytes.join()}]);`,
      [
        `b64encode('héllo')`,
        'b64encode(u8)',
        `b64encode(u8.buffer, 'rawurl')`,
        'b64encode(u8.subarray(1, 2))',
        `b64encode('\\ud800')`,
        'b64encode(5)',
        'encoding.b64encode([1])',
        `b64decode('aGk=')`,
        `b64decode('aG\\r\\nk=', 'std', 's')`,
        `b64decode('/w==', 'std', 's')`,
        `b64decode('aGk', 'std', 's')`,
      ],
    ),
  );
  expect(logs).toEqual([
    'aMOpbGxv',
    'AQL6/w==',
    'AQL6_w',
    'Ag==',
    '77+9',
    'GoError: invalid type int64, expected string, []byte or ArrayBuffer',
    'GoError: invalid type []interface {}, expected string, []byte or ArrayBuffer',
    'ArrayBuffer { [Uint8Contents]: <68 69>, byteLength: 2 }',
    'hi',
    '\ufffd',
    'GoError: illegal base64 data at input byte 0',
  ]);
});

test('the interpreter’s own base64 and UTF-8 agree with those of Node', () => {
  for (let length = 0; length < 70; length += 1) {
    const some = Uint8Array.from({ length }, (_, at) => (at * 37 + length * 11) % 256);
    expect(toBase64(some)).toBe(Buffer.from(some).toString('base64'));
    expect([...fromBase64(toBase64(some))]).toEqual([...some]);
  }
  const text = 'aé€😀\ud800z';
  expect([...utf8(text)]).toEqual([...Buffer.from(text)]);
});

test.each([
  [new Uint16Array(1), '[]uint16'],
  [new BigInt64Array(1), '[]int64'],
  [1.5, 'float64'],
  [null, '<nil>'],
  [{}, 'map[string]interface {}'],
])('%o is a %s to k6', (value, name) => {
  expect(goType(value)).toBe(name);
});

test('TextEncoder and TextDecoder are k6’s', async () => {
  const { logs } = await playGuest(
    tellingScript(`const d = new TextDecoder();`, [
      `new TextEncoder().encode('é€😀')`,
      'new TextEncoder().encodeInto === undefined',
      `d.decode(new Uint8Array([0xe2, 0x82, 65]))`,
      `[d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), d.decode(new Uint8Array([0xac]))]`,
      `new TextDecoder('utf-16').decode(new Uint8Array([0x41, 0]))`,
      `[0xef, 0xbb, 0xbf, 65].length - new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])).length`,
      `new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])).length`,
      `new TextDecoder('latin1')`,
      `new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))`,
      'd.decode(5)',
    ]),
  );
  expect(logs).toEqual([
    'Uint8Array(9) [ 195, 169, 226, 130, 172, 240, 159, 152, 128 ]',
    'true',
    '\ufffdA',
    '[ "", "€" ]',
    'A',
    '3',
    '2',
    'RangeError: unsupported encoding: latin1',
    'TypeError: decoding text: invalid byte sequence',
    'GoError: data is not an ArrayBuffer, typed array, or DataView',
  ]);
});
