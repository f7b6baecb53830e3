// k6/encoding packs and unpacks Base64 in its variants, of texts and bytes.
// docs: javascript-api/k6-encoding
// promises: exit 0, iterations 1, console 9
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import encoding, { b64decode, b64encode } from 'k6/encoding';

export default function () {
  for (const variant of ['std', 'rawstd', 'url', 'rawurl']) console.log(variant, b64encode('héllo?>~ ☕', variant));
  console.log(b64encode(new Uint8Array([0, 250, 255]).buffer), encoding.b64encode(''));
  console.log(b64decode('aMOpbGxv', 'std', 's'), b64decode('aMOpbGxvPz4', 'rawurl', 's'));
  console.log([...new Uint8Array(b64decode('APr/'))].join());
  console.log(b64decode('APr_', 'rawurl') instanceof ArrayBuffer);
  try {
    b64decode('no base64!');
  } catch (error) {
    console.log('what is no Base64 is an error');
  }
}
