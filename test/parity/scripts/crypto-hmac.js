// k6/crypto signs with a key, at once or in parts.
// docs: javascript-api/k6-crypto/hmac
// promises: exit 0, iterations 1, console 9
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { createHMAC, hmac } from 'k6/crypto';

export default function () {
  const names = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_256'];
  for (const name of names) console.log(name, hmac(name, 'a secret', 'héllo', 'hex'));
  console.log(hmac('sha256', new Uint8Array([1, 2, 3]).buffer, new Uint8Array([4, 5]).buffer, 'base64url'));
  const signer = createHMAC('sha256', 'a secret');
  signer.update('hé');
  signer.update('llo');
  console.log(signer.digest('hex') === hmac('sha256', 'a secret', 'héllo', 'hex'));
  try {
    hmac('sha3', 'a', 'b', 'hex');
  } catch (error) {
    console.log('an unknown algorithm is an error');
  }
}
