// Cookies that answers set are sent with later requests of the same iteration; cookies of a request go only with it.
// docs: using-k6/cookies
// promises: exit 0, iterations 2, requests 10, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 2 };

export default function () {
  const sent = (params) => http.get(`${__ENV.TARGET}/cookies`, params).json('cookies');
  check(sent(), { 'none at the begin': (cookies) => Object.keys(cookies).length === 0 });
  const answer = http.get(`${__ENV.TARGET}/cookies/set/cart/c1?attributes=Path%3D%2F`);
  check(answer, { 'the answer shows it': (r) => r.cookies.cart[0].value === 'c1' });
  check(sent(), { 'sent again': (cookies) => cookies.cart === 'c1' });
  check(sent({ cookies: { visit: 'v1' } }), { 'added for one request': (c) => c.cart === 'c1' && c.visit === 'v1' });
  check(sent({ cookies: { cart: { value: 'c2', replace: true } } }), { replaced: (c) => c.cart === 'c2' });
}
