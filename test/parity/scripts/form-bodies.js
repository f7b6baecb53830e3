// An object as body is sent as a form; a content type of the script's own stays.
// docs: javascript-api/k6-http/post
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.TARGET}/post`;
  const answer = http.post(url, { name: 'Anna Berg', size: 7, note: 'a&b=c', list: ['x', 'y'] });
  check(answer, { 'a form': (r) => r.json('type') === 'application/x-www-form-urlencoded' });
  http.post(url, { name: 'Anna' }, { headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' } });
  http.post(url, JSON.stringify({ name: 'Änna' }), { headers: { 'Content-Type': 'application/json' } });
  http.post(url);
}
