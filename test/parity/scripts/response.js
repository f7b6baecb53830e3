// What a response shows of itself and of its request.
// docs: javascript-api/k6-http/response
// promises: exit 0, iterations 1, requests 1, failing-checks 0, console 4
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.post(`${__ENV.TARGET}/post?a=1`, 'body', { headers: { 'X-One': '1' }, cookies: { visit: 'v1' } });
  const { timings, request } = answer;
  console.log(
    Object.keys(answer)
      .filter((key) => typeof answer[key] !== 'function')
      .sort()
      .join(),
  );
  console.log(
    answer.status,
    answer.status_text,
    answer.proto,
    answer.remote_ip,
    answer.error === '',
    answer.error_code,
  );
  console.log(request.method, request.url, request.body, Object.keys(request).sort().join());
  console.log(
    Object.keys(request.headers)
      .sort()
      .map((name) => `${name}: ${request.headers[name]}`)
      .join('; '),
  );
  check(timings, {
    names: (all) =>
      Object.keys(all).sort().join() ===
      'blocked,connecting,duration,looking_up,receiving,sending,tls_handshaking,waiting',
    sum: ({ duration, sending, waiting, receiving }) => Math.abs(duration - sending - waiting - receiving) < 0.001,
    'a time': ({ waiting }) => waiting > 0 && waiting < 2000,
    'no TLS': ({ tls_handshaking: tls }) => tls === 0,
  });
  check(answer, {
    'the port': (r) => r.url.includes(`:${r.remote_port}/`),
    'no TLS version': (r) => r.tls_version === '',
  });
}
