// The jar of a virtual user can be read and written, and other jars be made and used for a request.
// docs: javascript-api/k6-http/cookiejar
// promises: exit 0, iterations 1, requests 5, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.TARGET}/cookies`;
  const jar = http.cookieJar();
  jar.set(__ENV.TARGET, 'cart', 'c1');
  jar.set(__ENV.TARGET, 'deep', 'd1', { path: '/cookies', max_age: 600 });
  check(http.get(url).json('cookies'), { 'from the jar': (c) => c.cart === 'c1' && c.deep === 'd1' });
  check(jar.cookiesForURL(url), { 'read by URL': (all) => all.cart[0] === 'c1' && all.deep.length === 1 });

  const other = new http.CookieJar();
  other.set(url, 'guest', 'g1');
  check(http.get(url, { jar: other }).json('cookies'), {
    'another jar': (c) => c.guest === 'g1' && c.cart === undefined,
  });
  http.get(`${__ENV.TARGET}/cookies/set/late/l1?attributes=Path%3D%2F`, { jar: other });
  check(other.cookiesForURL(url), { 'gets the answers': (all) => all.late[0] === 'l1' });

  jar.delete(__ENV.TARGET, 'cart');
  check(http.get(url).json('cookies'), { deleted: (c) => c.cart === undefined && c.deep === 'd1' });
  jar.set(__ENV.TARGET, 'plain', 'p1');
  jar.clear(__ENV.TARGET);
  check(http.get(url).json('cookies'), { cleared: (c) => c.plain === undefined });
}
