// open with "b" reads a file as an ArrayBuffer.
// docs: javascript-api/init-context/open
// promises: exit 0, iterations 1, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

const bytes = open('./data/pixel.bin', 'b');

export default function () {
  console.log(bytes instanceof ArrayBuffer, bytes.byteLength, [...new Uint8Array(bytes)].join());
}
