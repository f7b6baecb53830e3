// The option userAgent is sent where a request has none of its own.
// docs: using-k6/k6-options/reference#user-agent
// promises: exit 0, iterations 1, requests 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = { userAgent: 'shopper/1.0' };

export default function () {
  http.get(`${__ENV.TARGET}/get`);
  http.get(`${__ENV.TARGET}/get`, { headers: { 'User-Agent': 'other/2.0' } });
}
