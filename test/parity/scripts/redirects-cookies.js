// Cookies that a redirect sets are sent to where it leads.
// docs: using-k6/cookies
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.get(`${__ENV.TARGET}/cookies/redirect/cart/c1?attributes=Path%3D%2F`);
  check(answer, { 'sent after the redirect': (r) => r.status === 200 && r.json('cookies.cart') === 'c1' });
}
