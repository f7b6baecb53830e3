// Response.submitForm sends the form of a page, Response.clickLink follows its link.
// docs: javascript-api/k6-http/response/response-submitform
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const page = http.get(`${__ENV.TARGET}/page`);
  check(page.submitForm({ formSelector: 'form', fields: { user: 'berta' } }), {
    'the form is sent': (r) => r.json('method') === 'POST' && r.json('path') === '/anything/form',
  });
  check(page.clickLink(), { 'the first link': (r) => r.json('query.from') === 'page' });
  check(page.clickLink({ selector: 'a:last-of-type' }), { 'another link': (r) => r.json('path') === '/post' });
}
