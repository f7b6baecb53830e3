// What is not ASCII in a query, a header or a cookie goes out as UTF-8; a cookie loses what it may not have.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times
// parity: metrics/data_sent/count ±24 because of a request that the target refuses nobody knows whether it said keep-alive

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  check(http.get(`${__ENV.TARGET}/get?q=日本語&é=1`), {
    'a query, which Node refuses': ({ status }) => status === 400,
  });
  check(http.get(`${__ENV.TARGET}/anything/検索 é`), {
    path: ({ url }) => url.endsWith('/%E6%A4%9C%E7%B4%A2%20%C3%A9'),
  });
  http.get(`${__ENV.TARGET}/get`, { headers: { 'X-Name': '日本 é' } });
  http.get(`${__ENV.TARGET}/get`, { cookies: { word: 'é日a' } });
  http.get(`${__ENV.TARGET}/get`, { headers: { Cookie: 'raw=é' }, tags: { name: 'é' } });
}
