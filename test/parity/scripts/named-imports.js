// The functions of k6/http may be imported by their names as well.
// docs: javascript-api/k6-http
// promises: exit 0, iterations 1, requests 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { get, post, del } from 'k6/http';

export default function () {
  get(`${__ENV.TARGET}/get`);
  post(`${__ENV.TARGET}/post`, 'a');
  del(`${__ENV.TARGET}/anything`);
}
