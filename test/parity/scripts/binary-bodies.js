// Bytes are sent as they are, from an ArrayBuffer or a typed array.
// docs: javascript-api/k6-http/post
// promises: exit 0, iterations 1, requests 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

const bytes = open('./data/pixel.bin', 'b');

export default function () {
  const headers = { 'Content-Type': 'application/octet-stream' };
  http.post(`${__ENV.TARGET}/post`, bytes, { headers });
  http.put(`${__ENV.TARGET}/anything`, new Uint8Array([0, 1, 127, 128, 255, 10, 13]).buffer, { headers });
  http.post(`${__ENV.TARGET}/post`, new Uint8Array(bytes).slice(2, 6).buffer);
}
