// A jar keeps to the path, the age and the domain of its cookies, and a response shows their attributes.
// docs: javascript-api/k6-http/response
// promises: exit 0, iterations 1, requests 8, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const set = (name, attributes) =>
    http.get(`${__ENV.TARGET}/cookies/set/${name}/1?attributes=${encodeURIComponent(attributes)}`);
  const shown = set('full', 'Path=/; HttpOnly; Max-Age=3600').cookies.full[0];
  check(shown, {
    attributes: ({ name, value, path, http_only, secure, max_age }) =>
      name === 'full' && value === '1' && path === '/' && http_only === true && secure === false && max_age === 3600,
  });
  set('elsewhere', 'Path=/admin');
  set('foreign', 'Domain=example.com; Path=/');
  set('old', 'Max-Age=0; Path=/');
  set('session', 'Path=/');
  const sent = http.get(`${__ENV.TARGET}/cookies`).json('cookies');
  check(sent, { 'only what fits': (cookies) => Object.keys(cookies).sort().join() === 'full,session' });
  set('session', 'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  check(http.get(`${__ENV.TARGET}/cookies`).json('cookies'), { 'taken back': (c) => c.session === undefined });
}
