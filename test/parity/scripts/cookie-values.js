// Quotes, backslashes and semicolons are no part of a cookie: of a request they are left out, and an answer's cookie with them is none.
// docs: using-k6/cookies
// promises: exit 0, iterations 1, requests 8, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.TARGET}/cookies`;
  for (const value of ['{"id":1}', 'a b,c', 'a;b\\c']) http.get(url, { cookies: { own: value } });
  const jar = http.cookieJar();
  jar.set(__ENV.TARGET, 'mine', '"a"b');
  check(jar.cookiesForURL(url), { 'kept as written': ({ mine }) => mine[0] === '"a"b' });
  http.get(url);
  jar.clear(__ENV.TARGET);
  const set = (name, value) =>
    http.get(
      `${__ENV.TARGET}/cookies/set/${name}/${encodeURIComponent(value)}?attributes=${encodeURIComponent('Path=/')}`,
    );
  check(set('prefs', '{"a":1}'), { 'no cookie': ({ cookies }) => cookies.prefs === undefined });
  check(set('__Host-s', '1'), { 'a prefix promises nothing': ({ cookies }) => cookies['__Host-s'][0].value === '1' });
  check(set('spaced', 'x y'), { 'a space': ({ cookies }) => cookies.spaced[0].value === 'x y' });
  check(jar.cookiesForURL(url), { 'what the jar has': (all) => Object.keys(all).sort().join() === '__Host-s,spaced' });
  http.get(url);
}
