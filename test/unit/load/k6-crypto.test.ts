// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { cryptoOperations } from '../../../orchestrator/load/embedded/host/crypto.ts';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const digest = cryptoOperations['crypto.digest'];

test.each([
  ['md4', 'a448017aaf21d8525fc10ae87aa6729d', '32c43d6d6eda7f1e464711473b956b68'],
  ['md5', '900150983cd24fb0d6963f7d28e17f72', 'd2fe98063f876b03193afb49b4979591'],
  ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d', '4fd0b215276ef12f2b3e4c8ecac2811498b656fc'],
  [
    'sha512_224',
    '4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa',
    '28bc0433ef684ea9877c2f2437aa0ccfc2e8eb3a9b4c731606877b4f',
  ],
  [
    'sha512_256',
    '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23',
    'f367b7ca80ab2cf85c23e58b73a8fd525a6fa2c66ff105804a2d4cf4df06e129',
  ],
  ['ripemd160', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc', '67fdce738ebfc7372bcd38f03c023b5746724d18'],
])('%s of abc, and its HMAC', (algorithm, hash, hmac) => {
  expect(digest({ algorithm, inputs: ['a', 'bc'], encoding: 'hex' })).toBe(hash);
  expect(digest({ algorithm, key: 'key', inputs: ['abc'], encoding: 'hex' })).toBe(hmac);
});

test('MD4 of long messages, by the values of RFC 1320', () => {
  const digits = '1234567890'.repeat(8);
  expect(digest({ algorithm: 'md4', inputs: [], encoding: 'hex' })).toBe('31d6cfe0d16ae931b73c59d7e0c089c0');
  expect(digest({ algorithm: 'md4', inputs: [digits], encoding: 'hex' })).toBe('e33b4ddc9c38f2199c3e7b164fcc0536');
});

test.each([
  ['base64', 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0='],
  ['base64url', 'qZk-NkcGgWq6PiVxeFDCbJzQ2J0='],
  ['base64rawurl', 'qZk-NkcGgWq6PiVxeFDCbJzQ2J0'],
])('a digest as %s', (encoding, text) => {
  expect(digest({ algorithm: 'sha1', inputs: ['abc'], encoding })).toBe(text);
});

test('hashes are fed bit by bit, and refuse what k6 refuses', async () => {
  const head = `import { createHash, createHMAC, hmac, md5, sha256, hexEncode, randomBytes } from 'k6/crypto';
    const both = (h) => { h.update('a'); const first = h.digest('hex'); h.update('b'); return [first.slice(0, 8), h.digest('hex').slice(0, 8)]; };`;
  const { logs } = await playGuest(
    tellingScript(head, [
      `both(createHash('sha256'))`,
      `both(createHMAC('sha256', 'k'))`,
      `hmac('md5', 'key', 'abc', 'hex')`,
      `md5('', 'binary')`,
      `md5(new Uint8Array([1, 2, 250, 255]).buffer, 'hex')`,
      `hexEncode(new Uint8Array([1, 255]))`,
      `md5(5, 'hex')`,
      `sha256('a', 'roman')`,
      `sha256('a')`,
      `createHMAC('sha3', 'k')`,
      `randomBytes(0)`,
      `randomBytes(4).byteLength`,
    ]),
  );
  expect(logs).toEqual([
    '[ "ca978112", "fb8e20fc" ]',
    expect.stringMatching(/^\[ "78da9151", "[0-9a-f]{8}" \]$/),
    'd2fe98063f876b03193afb49b4979591',
    'ArrayBuffer { [Uint8Contents]: <d4 1d 8c d9 8f 00 b2 04 e9 80 09 98 ec f8 42 7e>, byteLength: 16 }',
    '76aa576a0e5b75aaec08774051fa9720',
    '01ff',
    'GoError: md5 failed: invalid type int64, expected string, []byte or ArrayBuffer',
    'GoError: invalid output encoding: roman',
    'GoError: invalid output encoding: ',
    'GoError: invalid algorithm: sha3',
    'GoError: invalid size',
    '4',
  ]);
});

test('the global crypto has random values and identifiers; its subtle part ends the run', async () => {
  const { logs, reports } = await playGuest(`
    const tell = (f) => { try { console.log(f()); } catch (e) { console.log(e.name + ': ' + e.message); } };
    export default function () {
      tell(() => crypto.getRandomValues(new Uint32Array(100)).every((one) => one < 256));
      tell(() => crypto.getRandomValues(new Float32Array(1)));
      tell(() => crypto.getRandomValues(new Uint8Array(65537)));
      tell(() => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
      crypto.subtle.digest('SHA-256', new Uint8Array(1));
    }`);
  expect(logs).toEqual([
    'true',
    "GoError: TypeMismatchError: typedArray parameter isn't a TypedArray instance",
    'GoError: QuotaExceededError: typedArray parameter is too big; maximum length is 65536',
    'true',
  ]);
  expect(reports[0]?.error).toMatchObject({
    name: 'NotPlayed',
    message: expect.stringContaining('crypto.subtle.digest()') as string,
  });
});
