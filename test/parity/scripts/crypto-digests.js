// k6/crypto digests texts and bytes with every algorithm and in every form of output.
// docs: javascript-api/k6-crypto
// promises: exit 0, iterations 1, console 16
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import crypto from 'k6/crypto';

export default function () {
  const names = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'];
  for (const name of names) console.log(name, crypto[name]('héllo', 'hex'));
  for (const form of ['base64', 'base64url', 'base64rawurl', 'hex']) console.log(form, crypto.sha1('héllo', form));
  console.log('binary', [...new Uint8Array(crypto.md5(new Uint8Array([1, 2, 255]).buffer, 'binary'))].join());
  const hasher = crypto.createHash('sha256');
  hasher.update('hé');
  hasher.update('llo');
  console.log(hasher.digest('hex') === crypto.sha256('héllo', 'hex'));
  console.log(crypto.randomBytes(12).byteLength);
}
