// Every verb of k6/http sends its method, with a body where it takes one.
// docs: javascript-api/k6-http
// promises: exit 0, iterations 1, requests 9, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.TARGET}/anything`;
  const answers = [
    http.get(url),
    http.head(url),
    http.post(url, 'posted'),
    http.put(url, 'put'),
    http.patch(url, 'patched'),
    http.del(url, 'deleted'),
    http.options(url, 'asked'),
    http.request('REPORT', url, 'requested'),
    http.del(url),
  ];
  check(answers, { 'all answered': (all) => all.every((r) => r.status === 200 && r.error === '') });
  check(answers[1], { 'head has no body': (r) => r.body === '' || r.body === null });
}
