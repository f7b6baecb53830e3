// The parameter responseType gives the body as text, as bytes or not at all.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const get = (path, responseType) => http.get(`${__ENV.TARGET}${path}`, { responseType }).body;
  check(get('/bytes/300', 'binary'), {
    bytes: (body) => body instanceof ArrayBuffer && body.byteLength === 300 && new Uint8Array(body)[257] === 1,
  });
  check(get('/text', 'text'), { text: (body) => body === 'héllo wörld ☕' });
  check(get('/text', 'none'), { nothing: (body) => body === null });
  check(http.get(`${__ENV.TARGET}/text`).body, { 'text by default': (body) => body.length === 13 });
}
