// Credentials in the URL are sent as basic authentication, and are not shown in the URL of the metrics.
// docs: examples/http-authentication
// promises: exit 0, iterations 1, requests 2, failing-checks 0, held 1, http_req_failed 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';
import encoding from 'k6/encoding';

export const options = { thresholds: { 'http_reqs{status:401}': ['count==1'] } };

export default function () {
  const url = (user) => `${__ENV.TARGET.replace('//', `//${user}@`)}/basic-auth/anna/secret`;
  check(http.get(url('anna:secret')), { 'let in': (r) => r.status === 200 && r.json('user') === 'anna' });
  check(http.get(url('anna:wrong')), { 'kept out': (r) => r.status === 401 });
  check(encoding.b64encode('anna:secret'), { 'what is sent': (text) => text === 'YW5uYTpzZWNyZXQ=' });
}
