// Answers in gzip, deflate, br and zstd are unpacked.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
    const answer = http.get(`${__ENV.TARGET}/${coding}`, { headers: { 'Accept-Encoding': coding } });
    check(answer, {
      [`${coding} is unpacked`]: (r) => r.json('coding') === coding,
      [`${coding} is still named`]: (r) => r.headers['Content-Encoding'] === coding,
    });
  }
}
