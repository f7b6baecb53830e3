// The default function may be async: the iteration is over when its promise is; calls of k6 after an await count as usual.
// docs: javascript-api/k6-http/asyncrequest
// promises: exit 0, iterations 2, requests 4, checks 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check, sleep } from 'k6';

export const options = { iterations: 2 };

export async function setup() {
  return await Promise.resolve({ ready: true });
}

export default async function (data) {
  check(data, { 'an async setup': ({ ready }) => ready });
  await null;
  http.get(`${__ENV.TARGET}/get?sync`);
  const answer = await http.asyncRequest('GET', `${__ENV.TARGET}/get?async`);
  sleep(0.05);
  check(answer, { answered: (r) => r.status === 200 });
}
