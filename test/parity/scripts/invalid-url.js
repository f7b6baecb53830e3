// A URL that is none fails the request; the iteration goes on.
// docs: using-k6/k6-options/reference#throw
// promises: exit 0, iterations 1, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.get('not a url');
  check(answer, { 'no answer': (r) => r.status === 0 });
  console.log(answer.error_code);
}
