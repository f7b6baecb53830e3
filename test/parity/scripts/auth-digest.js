// The parameter auth: 'digest' answers the server's challenge; both requests count, and the challenge is no failure.
// docs: examples/http-authentication
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: requests/*/authorization not compared because the client's nonce is random; the target checks it
// parity: metrics/data_sent/count ±5% because the client's nonce may have another length
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.TARGET.replace('//', '//anna:secret@')}/digest-auth/anna/secret`;
  check(http.get(url, { auth: 'digest' }), { 'let in': (r) => r.status === 200 && r.json('user') === 'anna' });
}
