// Response.json of a body that is no JSON throws.
// docs: javascript-api/k6-http/response/response-json
// promises: exit 0, iterations 2, requests 2, console 1
// logs: error json-broken.js:13:
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { iterations: 2 };

export default function () {
  const answer = http.get(`${__ENV.TARGET}/not-json`);
  if (__ITER === 0) answer.json();
  else console.log(answer.status);
}
