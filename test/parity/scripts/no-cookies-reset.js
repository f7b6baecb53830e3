// With noCookiesReset a virtual user keeps its cookies over its iterations.
// docs: using-k6/k6-options/reference#no-cookies-reset
// promises: exit 0, iterations 3, requests 6
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { iterations: 3, noCookiesReset: true };

export default function () {
  http.get(`${__ENV.TARGET}/cookies`);
  http.get(`${__ENV.TARGET}/cookies/set/iteration/${__ITER}?attributes=Path%3D%2F`);
}
